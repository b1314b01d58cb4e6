import { MAX_KEY_LENGTH, wholeWorkspace } from '@runledger/contracts';
import { createMetadataReads } from '@runledger/postgres';
import { decided, openTables, projectThreeWays, said, type Tables } from './metadata-tables.contract';

let tables: Tables;
beforeAll(async () => {
  tables = await openTables();
});
afterAll(() => tables.close());

/** Text that no index can compress: a value too long for an index entry would stop the partition for ever. */
function noise(length: number): string {
  let seed = 7;
  const next = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 8) % n;
  };
  return Array.from({ length }, () => String.fromCharCode(0x4e00 + next(20_000))).join('');
}

const id = (first: string): string => first.padEnd(128, '-');

describe('the longest and strangest of what the door lets in', () => {
  it('is stored and read back exactly', async () => {
    const run = id('r');
    const key = noise(MAX_KEY_LENGTH);
    const value = noise(100_000);
    const path = noise(1_000);
    const input = { name: noise(500), digest: noise(200), context: noise(100), source: noise(10_000) };
    await projectThreeWays(tables, [
      said(run, [
        {
          type: 'run.started',
          data: { experiment: id('e'), name: noise(500), fork: { run: id('f'), step: '-9223372036854775808' } },
        },
      ]),
      said(run, [{ type: 'run.updated', data: { description: value } }]),
      said(run, [
        {
          type: 'params.logged',
          data: {
            params: [
              { key, value },
              { key: '\\"{},\'%_\t\n null', value: 'NULL' },
            ],
          },
        },
      ]),
      said(run, [{ type: 'tags.set', data: { tags: [{ key, value }] } }]),
      said(run, [{ type: 'inputs.used', data: { inputs: [input] } }]),
      said(run, [
        { type: 'artifact.stored', data: { path, digest: `sha256:${'0'.repeat(64)}`, size: Number.MAX_SAFE_INTEGER } },
      ]),
    ]);
    const reads = createMetadataReads(tables.source);
    const found = await reads.getRun(wholeWorkspace('default'), run);
    if (found === null) throw new Error('the run is gone');
    expect(found).toMatchObject({ description: value, forkStep: '-9223372036854775808' });
    expect(await reads.listParams('default', found, { limit: 9 })).toMatchObject([
      { key: '\\"{},\'%_\t\n null', value: 'NULL' },
      { key, value },
    ]);
    expect(await reads.listTags('default', found, { limit: 9 })).toMatchObject([{ key, value }]);
    expect(await reads.listInputs('default', found)).toMatchObject([input]);
    expect(await reads.findArtifact('default', found, path)).toMatchObject({ path, size: Number.MAX_SAFE_INTEGER });
  });

  it('is a name of an experiment, too', async () => {
    const name = noise(500);
    await projectThreeWays(tables, [
      decided(1, {
        type: 'experiment.created',
        data: { experiment: id('e'), project: id('p'), name, tags: [{ key: noise(250), value: noise(5_000) }] },
      }),
    ]);
    expect(
      await createMetadataReads(tables.source).findExperimentByName(wholeWorkspace('default'), name),
    ).not.toBeNull();
  });

  it.each([
    ['0000-01-01T00:00:00+23:59', '0001-12-31T23:59:59.999-23:59'],
    ['9999-12-31T23:59:59.999999999-23:59', '0099-02-28T00:00:00Z'],
    ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.001Z'],
  ])('is a time such as %s or %s, exact to the millisecond', async (startedAt, finishedAt) => {
    await projectThreeWays(tables, [
      said('r1', [
        { type: 'run.started', data: { experiment: 'e', startedAt } },
        { type: 'run.finished', data: { outcome: 'finished', finishedAt } },
      ]),
      said('r1', [{ type: 'run.updated', data: { name: 'loaded and written once more' } }]),
    ]);
    const times = { startedAt: Date.parse(startedAt), finishedAt: Date.parse(finishedAt) };
    expect(Number.isNaN(times.startedAt + times.finishedAt)).toBe(false);
    expect(await createMetadataReads(tables.source).getRun(wholeWorkspace('default'), 'r1')).toMatchObject({
      ...times,
      sortAt: times.startedAt,
    });
  });
});
