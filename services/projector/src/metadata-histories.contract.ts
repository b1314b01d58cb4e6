// Random histories of a few runs: few ids, writers, sequences and values, so that repeats and conflicts are frequent.
import type { LogRecord } from '@runledger/contracts';
import fc from 'fast-check';
import { type FactDraft, said } from './metadata-tables.contract';

const draft = fc.oneof<fc.MaybeWeightedArbitrary<FactDraft>[]>(
  fc.record({
    type: fc.constant('run.started' as const),
    data: fc.record({
      experiment: fc.constantFrom('e1', 'e2'),
      startedAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-03-01T00:00:00.5+02:00'),
      name: fc.constantFrom('a', 'b'),
    }),
  }),
  fc.record({
    type: fc.constant('run.updated' as const),
    data: fc.record(
      { name: fc.constantFrom('c', 'd'), lifecycle: fc.constantFrom('active', 'deleted') },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    type: fc.constant('run.finished' as const),
    data: fc.record({
      outcome: fc.constantFrom('finished', 'failed'),
      finishedAt: fc.constant('2026-02-01T00:00:00Z'),
    }),
  }),
  fc.record({
    type: fc.constant('params.logged' as const),
    data: fc.record({
      params: fc.array(
        fc.record({
          key: fc.constantFrom('p', 'q'),
          value: fc.constantFrom<string | number | boolean>('1', 1, 0.1, true, 'x'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  }),
  fc.record({
    type: fc.constant('tags.set' as const),
    data: fc.record({
      tags: fc.array(fc.record({ key: fc.constantFrom('t', 'u'), value: fc.constantFrom('1', '2', '') }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
  }),
  fc.record({
    type: fc.constant('tags.deleted' as const),
    data: fc.record({ keys: fc.array(fc.constantFrom('t', 'u'), { minLength: 1, maxLength: 2 }) }),
  }),
  fc.record({
    type: fc.constant('inputs.used' as const),
    data: fc.record({
      inputs: fc.array(
        fc.record({
          name: fc.constantFrom('d1', 'd2'),
          digest: fc.constantFrom('x', 'y'),
          source: fc.string({ maxLength: 3 }),
        }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
    }),
  }),
  fc.record({
    type: fc.constant('run.linked' as const),
    data: fc.record({
      links: fc.array(
        fc.record(
          { kind: fc.constantFrom('job', 'ticket'), uri: fc.constant('x:1'), version: fc.constant('1') },
          { requiredKeys: ['kind', 'uri'] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  }),
  fc.record({
    type: fc.constant('code.recorded' as const),
    data: fc.constantFrom({}, { commit: 'c1', dirty: true }),
  }),
  fc.record({
    type: fc.constant('environment.recorded' as const),
    data: fc.record({
      host: fc.constantFrom('h1', 'h2'),
      memoryBytes: fc.constantFrom(0, Number.MAX_SAFE_INTEGER),
      packages: fc.constantFrom<Array<{ name: string; version: string }>>([], [{ version: '1', name: 'x' }]),
    }),
  }),
  fc.record({
    type: fc.constant('artifact.stored' as const),
    data: fc.record({
      path: fc.constantFrom('w', 'x/y'),
      digest: fc.constantFrom(`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`),
      size: fc.constantFrom(0, 5),
    }),
  }),
  fc.record({
    type: fc.constant('artifacts.deleted' as const),
    data: fc.record({ paths: fc.array(fc.constantFrom('w', 'x/y', 'never'), { minLength: 1, maxLength: 3 }) }),
  }),
  fc.record({
    type: fc.constant('writer.closed' as const),
    data: fc.record({
      writer: fc.constantFrom('w1', 'w2'),
      topic: fc.constantFrom('runs', 'metrics'),
      batches: fc.nat(3),
    }),
  }),
);

const messageOf = (runs: readonly string[]) =>
  fc
    .record({
      run: fc.constantFrom(...runs),
      workspace: fc.constantFrom('default', 'default', 'other'),
      drafts: fc.array(draft, { minLength: 0, maxLength: 3 }),
      ids: fc.option(fc.array(fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5'), { minLength: 3, maxLength: 3 })),
      sequenced: fc.option(fc.record({ writer: fc.constantFrom('w1', 'w2'), sequence: fc.nat(6) })),
      repeatAt: fc.option(fc.nat(40)),
    })
    .map(({ run, drafts, ids, sequenced, repeatAt, workspace }) => ({
      record: said(run, drafts, { workspace, ...(ids === null ? {} : { ids }), ...(sequenced ?? {}) }),
      repeatAt,
    }));

/** Messages of these runs, and some of them once more further behind. */
export const historyOf = (runs: readonly string[]): fc.Arbitrary<LogRecord[]> =>
  fc.array(messageOf(runs), { minLength: 1, maxLength: 25 }).map((messages) => {
    const records: LogRecord[] = messages.map((m) => m.record);
    for (const { record, repeatAt } of messages)
      if (repeatAt !== null) records.splice(records.length - (repeatAt % records.length), 0, record);
    return records;
  });
