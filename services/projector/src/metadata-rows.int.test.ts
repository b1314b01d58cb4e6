import { wholeWorkspace } from '@runledger/contracts';
import { createMetadataReads, type MetadataReads } from '@runledger/postgres';
import { type FactDraft, openTables, projectThreeWays, said, type Tables } from './metadata-tables.contract';

let tables: Tables;
let reads: MetadataReads;
beforeAll(async () => {
  tables = await openTables();
  reads = createMetadataReads(tables.source);
});
afterAll(() => tables.close());

const PAGE = { limit: 100 };
const started = (more: Partial<Extract<FactDraft, { type: 'run.started' }>['data']> = {}): FactDraft => ({
  type: 'run.started',
  data: { experiment: 'e1', ...more },
});
const finished = (finishedAt: string, outcome: 'finished' | 'failed' | 'killed' = 'finished'): FactDraft => ({
  type: 'run.finished',
  data: { outcome, finishedAt },
});
const params = (...list: Array<[string, string | number | boolean]>): FactDraft => ({
  type: 'params.logged',
  data: { params: list.map(([key, value]) => ({ key, value })) },
});
const tags = (...list: Array<[string, string]>): FactDraft => ({
  type: 'tags.set',
  data: { tags: list.map(([key, value]) => ({ key, value })) },
});

async function theRun(run = 'r1') {
  const found = await reads.getRun(wholeWorkspace('default'), run);
  if (found === null) throw new Error(`there is no run ${run}`);
  return found;
}

describe('a run', () => {
  it('exists from its first fact on, announced or not', async () => {
    await projectThreeWays(tables, [said('r1', [tags(['a', '1'])])]);
    expect(await theRun()).toMatchObject({
      status: 'unannounced',
      experiment: null,
      startedAt: null,
      project: 'default',
    });
  });

  it('keeps its finish when it is announced late', async () => {
    await projectThreeWays(tables, [
      said('r1', [finished('2026-01-02T00:00:00Z', 'failed')]),
      said('r1', [started({ startedAt: '2026-01-01T00:00:00Z', name: 'late' })]),
    ]);
    expect(await theRun()).toMatchObject({
      status: 'failed',
      name: 'late',
      experiment: 'e1',
      startedAt: Date.UTC(2026, 0, 1),
      finishedAt: Date.UTC(2026, 0, 2),
    });
  });

  it('runs again when it is announced by a process that began after its finish, not by a straggling rank', async () => {
    const first = [
      said('r1', [started({ startedAt: '2026-01-01T00:00:00Z' })]),
      said('r1', [finished('2026-01-02T00:00:00Z')]),
      said('r1', [started({ startedAt: '2026-01-01T00:00:01Z' })]),
    ];
    await projectThreeWays(tables, first);
    expect(await theRun()).toMatchObject({ status: 'finished' });
    await projectThreeWays(tables, [...first, said('r1', [started({ startedAt: '2026-01-03T00:00:00Z' })])]);
    expect(await theRun()).toMatchObject({
      status: 'running',
      finishedAt: null,
      finish: null,
      startedAt: Date.UTC(2026, 0, 1),
    });
  });

  it('stays in the experiment of its first announcement, and shows the other one as a conflict', async () => {
    await projectThreeWays(tables, [said('r1', [started()]), said('r1', [started({ experiment: 'e2' })])]);
    expect(await theRun()).toMatchObject({ experiment: 'e1' });
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toMatchObject([
      { kind: 'start', value: { project: 'default', experiment: 'e2' }, offset: 1 },
    ]);
  });

  it('takes the last name, description and lifecycle, and leaves alone what an update does not mention', async () => {
    await projectThreeWays(tables, [
      said('r1', [{ type: 'run.updated', data: { name: 'mine', description: 'd' } }]),
      said('r1', [started({ name: 'theirs' })]),
      said('r1', [{ type: 'run.updated', data: { lifecycle: 'deleted' } }]),
    ]);
    expect(await theRun()).toMatchObject({ name: 'mine', description: 'd', lifecycle: 'deleted' });
    expect(await reads.listRuns(wholeWorkspace('default'), PAGE)).toEqual([]);
    expect(await reads.listRuns(wholeWorkspace('default'), { ...PAGE, lifecycle: 'deleted' })).toHaveLength(1);
  });

  it('is another one in another workspace', async () => {
    await projectThreeWays(tables, [
      said('r1', [params(['p', 'mine'])]),
      said('r1', [params(['p', 'theirs'])], { workspace: 'other' }),
    ]);
    expect(await reads.listParams('default', await theRun(), PAGE)).toMatchObject([{ value: 'mine' }]);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toEqual([]);
  });
});

describe('params', () => {
  it('keep the first value in the log, and every later different one as a conflict', async () => {
    await projectThreeWays(tables, [
      said('r1', [params(['lr', 0.1], ['lr', 0.2])], { actor: 'first' }),
      said('r1', [params(['lr', 0.1], ['lr', '0.1'])], { ids: ['again'] }),
    ]);
    expect(await reads.listParams('default', await theRun(), PAGE)).toMatchObject([
      { key: 'lr', kind: 'number', value: '0.1', number: 0.1, actor: 'first', offset: 0, late: false },
    ]);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toMatchObject([
      { kind: 'param', name: 'lr', value: 0.2, offset: 0, item: 1 },
      { kind: 'param', name: 'lr', value: '0.1', offset: 1, item: 1, event: 'again' },
    ]);
  });

  it('have a number where they are one, or text that reads as one', async () => {
    const values = ['1e-3', ' 1', '0x10', '', '-.5', 'nan', '1e999', true, 7, -0, 5e-324] as const;
    await projectThreeWays(tables, [
      said('r1', [params(...values.map((v, i): [string, typeof v] => [`p${i + 10}`, v]))]),
    ]);
    const rows = await reads.listParams('default', await theRun(), PAGE);
    expect(rows.map((row) => row.number)).toEqual([0.001, null, null, null, -0.5, null, null, null, 7, 0, 5e-324]);
  });

  it('that are recorded after the finish are late', async () => {
    await projectThreeWays(tables, [
      said('r1', [started(), params(['early', 1]), finished('2026-01-05T00:00:00Z'), params(['same message', 1])]),
      said('r1', [params(['later', 1])], { time: '2020-01-01T00:00:00Z' }),
    ]);
    const rows = await reads.listParams('default', await theRun(), PAGE);
    expect(rows.map((row) => [row.key, row.late])).toEqual([
      ['early', false],
      ['later', true],
      ['same message', true],
    ]);
  });
});

describe('tags', () => {
  it('keep the last value in the log, and every one before it in their history', async () => {
    await projectThreeWays(tables, [
      said('r1', [tags(['t', '1'], ['t', '2'])]),
      said('r1', [tags(['t', '2'])]),
      said('r1', [tags(['t', '3'])], { actor: 'changer' }),
      said('r1', [{ type: 'tags.deleted', data: { keys: ['t', 'absent'] } }], { actor: 'remover' }),
      said('r1', [tags(['t', '4'])]),
    ]);
    expect(await reads.listTags('default', await theRun(), PAGE)).toMatchObject([{ key: 't', value: '4', offset: 4 }]);
    expect(
      await tables.source.query(
        'select value, from_off::int, to_off::int, from_actor, to_actor from read.run_tag order by from_off',
      ),
    ).toEqual([
      { value: '2', from_off: 0, to_off: 2, from_actor: 'somebody', to_actor: 'changer' },
      { value: '3', from_off: 2, to_off: 3, from_actor: 'changer', to_actor: 'remover' },
      { value: '4', from_off: 4, to_off: null, from_actor: 'somebody', to_actor: null },
    ]);
  });

  it('are not undone by an old message that comes again', async () => {
    const old = said('r1', [tags(['t', 'old'])], { writer: 'w', sequence: 0 });
    const unnumbered = said('r1', [tags(['u', 'old'])]);
    const other = said('r1', [tags(['t', 'new'], ['u', 'new'])]);
    await projectThreeWays(tables, [old, unnumbered, other, old, unnumbered]);
    const rows = await reads.listTags('default', await theRun(), PAGE);
    expect(rows.map((row) => row.value)).toEqual(['new', 'new']);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toEqual([]);
  });
});

describe('identity', () => {
  it('of an event is its id: the same with another body is kept once, and shown', async () => {
    await projectThreeWays(tables, [
      said('r1', [tags(['t', 'kept'])], { ids: ['same'] }),
      said('r1', [tags(['t', 'refused'])], { ids: ['same'], actor: 'other' }),
    ]);
    expect(await reads.listTags('default', await theRun(), PAGE)).toMatchObject([{ value: 'kept' }]);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toMatchObject([
      {
        kind: 'event',
        event: 'same',
        actor: 'other',
        offset: 1,
        value: { data: { tags: [{ key: 't', value: 'refused' }] } },
      },
    ]);
  });

  it('of an event does not hang on the time that a retry carries, nor on the order of members', async () => {
    const record = said('r1', [{ type: 'code.recorded', data: { commit: 'c', branch: 'b' } }], { ids: ['same'] });
    const retry = said('r1', [{ type: 'code.recorded', data: { branch: 'b', commit: 'c' } }], {
      ids: ['same'],
      time: '2026-01-02T03:04:06.000Z',
    });
    await projectThreeWays(tables, [record, retry]);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toEqual([]);
  });

  it('of a message is writer and sequence: other events under it have no effect, and are shown', async () => {
    await projectThreeWays(tables, [
      said('r1', [tags(['t', 'kept'])], { writer: 'w', sequence: 4 }),
      said('r1', [tags(['t', 'refused'])], { writer: 'w', sequence: 4, ids: ['foreign'] }),
      said('r1', [tags(['u', 'other run or writer'])], { writer: 'v', sequence: 4 }),
    ]);
    expect(await reads.listTags('default', await theRun(), PAGE)).toMatchObject([{ value: 'kept' }, { key: 'u' }]);
    expect(await reads.listConflicts('default', { run: 'r1' }, 10)).toMatchObject([
      { kind: 'sequence', event: 'foreign' },
    ]);
  });
});

describe('what a run used and made', () => {
  it('inputs are one for each name, digest and context', async () => {
    const input = { name: 'digits', digest: 'sha256:1', context: 'train', tags: [{ key: 'k', value: 'v' }] };
    await projectThreeWays(tables, [
      said('r1', [{ type: 'inputs.used', data: { inputs: [input, { ...input, source: 'later' }] } }]),
      said('r1', [{ type: 'inputs.used', data: { inputs: [{ ...input, context: 'test' }, input] } }]),
    ]);
    expect(await reads.listInputs('default', await theRun())).toMatchObject([
      { name: 'digits', context: 'test', offset: 1 },
      { name: 'digits', context: 'train', source: null, tags: [{ key: 'k', value: 'v' }], offset: 0 },
    ]);
  });

  it('code, environment and artifacts are the last ones in the log', async () => {
    const digest = (c: string) => `sha256:${c.repeat(64)}`;
    const stored = (path: string, c: string): FactDraft => ({
      type: 'artifact.stored',
      data: { path, digest: digest(c), size: 3, mediaType: 'text/plain' },
    });
    const environment = { host: 'h', memoryBytes: Number.MAX_SAFE_INTEGER, packages: [{ name: 'a', version: '1' }] };
    await projectThreeWays(tables, [
      said('r1', [
        { type: 'code.recorded', data: { commit: 'c1', dirty: false } },
        stored('a/b', '1'),
        stored('a%', '1'),
      ]),
      said('r1', [{ type: 'code.recorded', data: { commit: 'c2' } }, stored('a/b', '2')]),
      said('r1', [{ type: 'environment.recorded', data: environment }]),
    ]);
    const run = await theRun();
    expect(await reads.getCode('default', run)).toMatchObject({ commit: 'c2', dirty: null, repository: null });
    expect(await reads.getEnvironment('default', run)).toMatchObject({ ...environment, accelerators: [], cpus: null });
    expect(await reads.findArtifact('default', run, 'a/b')).toMatchObject({ digest: digest('2'), size: 3 });
    expect(await reads.findArtifact('default', run, 'a')).toBeNull();
    const listed = async (more: object) =>
      (await reads.listArtifacts('default', run, { ...PAGE, ...more })).map((row) => row.path);
    expect(await listed({})).toEqual(['a%', 'a/b']);
    expect(await listed({ after: 'a%' })).toEqual(['a/b']);
    expect(await listed({ prefix: 'a%' })).toEqual(['a%']);
  });

  it('an artifact that is deleted is gone now, and its versions stay in the history', async () => {
    const stored = (path: string, c: string): FactDraft => ({
      type: 'artifact.stored',
      data: { path, digest: `sha256:${c.repeat(64)}`, size: 3, mediaType: 'text/plain' },
    });
    await projectThreeWays(tables, [
      said('r1', [stored('a/b', '1'), stored('c', '1')]),
      said('r1', [stored('a/b', '2')]),
      said('r1', [{ type: 'artifacts.deleted', data: { paths: ['a/b', 'never'] } }], { actor: 'remover' }),
      said('r1', [stored('a/b', '1')]),
      said('r1', [{ type: 'artifacts.deleted', data: { paths: ['c'] } }]),
    ]);
    const listed = await reads.listArtifacts('default', await theRun(), PAGE);
    expect(listed).toMatchObject([{ path: 'a/b', digest: `sha256:${'1'.repeat(64)}`, offset: 3 }]);
    expect(
      await tables.source.query(
        `select right(digest, 1) as digest, to_off::int, to_actor from read.run_artifact
         where path = 'a/b' order by from_off`,
      ),
    ).toEqual([
      { digest: '1', to_off: 1, to_actor: 'somebody' },
      { digest: '2', to_off: 2, to_actor: 'remover' },
      { digest: '1', to_off: null, to_actor: null },
    ]);
  });

  it('receipts remember what of a writer is stored, and the last word on what it sent', async () => {
    const numbered = (sequence: number) => said('r1', [tags(['t', String(sequence)])], { writer: 'w', sequence });
    const closed = (batches: number) =>
      said('r1', [{ type: 'writer.closed', data: { writer: 'w', topic: 'runs', batches } }]);
    await projectThreeWays(tables, [numbered(4), closed(6), numbered(0), closed(7), numbered(1)]);
    expect(
      await tables.source.query(
        `select topic, stored::text, batches::int, points::int
         from read.writer_receipt join read.writer_closed using (workspace, run, topic, writer)`,
      ),
    ).toEqual([{ topic: 'runs', stored: '{[0,2),[4,5)}', batches: 7, points: 0 }]);
  });
});
