import type { Mark, Place, RunFact, RunRow } from '@runledger/contracts';
import fc from 'fast-check';
import { evolveRun, unseenRun } from './run';

type Said = {
  [T in RunFact['type']]: { type: T; data: Partial<Extract<RunFact, { type: T }>['data']>; time?: string };
}[RunFact['type']];
const FIRST: Mark = { offset: 5, ordinal: 1, time: 100 };
const at = (offset: number): Place => ({ offset, ordinal: 0, time: 1_000 * offset, actor: 'a' });

/** Facts of one run, one offset after another. */
const after = (facts: readonly Said[], from: RunRow = unseenRun(FIRST)): RunRow =>
  facts.reduce<RunRow>(
    (run, { type, data, time }, i) =>
      evolveRun(
        run,
        { id: `e${i}`, type, time: time ?? '2026-01-01T00:00:00Z', dataversion: 1, data } as RunFact,
        at(10 + i),
      ),
    from,
  );
const started = (more: Extract<Said, { type: 'run.started' }>['data'] = {}): Said => ({
  type: 'run.started',
  data: { project: 'default', experiment: 'e1', ...more },
});
const finished = (finishedAt?: string, time?: string): Said => ({
  type: 'run.finished',
  data: { outcome: 'finished', ...(finishedAt === undefined ? {} : { finishedAt }) },
  ...(time === undefined ? {} : { time }),
});

describe('a run', () => {
  it('is unannounced until it is announced, and remembers where it was first seen', () => {
    expect(after([])).toMatchObject({ status: 'unannounced', startedAt: null, first: FIRST });
    expect(after([started({ startedAt: '2026-01-01T00:00:01Z' })])).toMatchObject({
      status: 'running',
      startedAt: Date.UTC(2026, 0, 1, 0, 0, 1),
      first: FIRST,
    });
  });

  it('takes the time of the event where the client names none', () => {
    const time = '2026-05-01T12:00:00+02:00';
    expect(after([{ ...started(), time }, finished(undefined, time)])).toMatchObject({
      startedAt: Date.UTC(2026, 4, 1, 10),
      finishedAt: Date.UTC(2026, 4, 1, 10),
    });
  });

  it('keeps a fork and its step exactly', () => {
    expect(after([started({ fork: { run: 'r0', step: '9223372036854775807' } })])).toMatchObject({
      forkRun: 'r0',
      forkStep: '9223372036854775807',
    });
  });

  it('waits for its turn until it is announced again, also after a finish', () => {
    const scheduled: Said = { type: 'run.updated', data: { scheduled: true } };
    expect(after([started(), scheduled]).status).toBe('scheduled');
    expect(after([started(), scheduled, started()]).status).toBe('running');
    expect(after([started(), scheduled, finished()]).status).toBe('finished');
    expect(after([started(), finished(), scheduled])).toMatchObject({
      status: 'scheduled',
      finishedAt: null,
      finish: null,
    });
  });

  it('takes the later finish in the log, and its place', () => {
    const run = after([finished('2026-01-03T00:00:00Z'), finished('2026-01-02T00:00:00Z')]);
    expect(run).toMatchObject({ finishedAt: Date.UTC(2026, 0, 2), finish: { offset: 11, ordinal: 0, time: 11_000 } });
  });

  it('says what it was told, in whatever order facts come: no fact is refused, and none that tells nothing changes it', () => {
    const fact = fc.constantFrom<Said>(
      started(),
      started({ startedAt: '2026-06-01T00:00:00Z', experiment: 'e2' }),
      finished('2026-02-01T00:00:00Z'),
      { type: 'run.updated', data: { name: 'n' } },
      { type: 'run.updated', data: { name: 'n', scheduled: true } },
      { type: 'tags.set', data: { tags: [] } },
      { type: 'writer.closed', data: { writer: 'w' } },
    );
    fc.assert(
      fc.property(fc.array(fact), (facts) => {
        const run = after(facts);
        expect(run.startedAt === null).toBe(!facts.some((f) => f.type === 'run.started'));
        expect(run.finish === null).toBe(run.finishedAt === null);
        expect(run.finish === null).toBe(['running', 'scheduled', 'unannounced'].includes(run.status));
        expect(run.name).toBe(facts.some((f) => f.type === 'run.updated') ? 'n' : null);
        const first = facts.find((f) => f.type === 'run.started');
        expect(run.experiment).toBe(first === undefined ? null : (first.data as { experiment: string }).experiment);
        expect(after([{ type: 'tags.set', data: { tags: [] } }], run)).toBe(run);
      }),
    );
  });
});
