import type { Recorded } from '@runledger/contracts';
import { wholeWorkspace } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { createMetadataReads, takeLease } from '@runledger/postgres';
import {
  cutInto,
  decided,
  type FactDraft,
  inLog,
  openTables,
  projectThreeWays,
  said,
  type Tables,
} from './metadata-tables.contract';

let tables: Tables;
beforeAll(async () => {
  tables = await openTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  await tables.startOver();
  tables.letters.length = 0;
  tables.signals.length = 0;
});

const tag = (value: string): FactDraft => ({ type: 'tags.set', data: { tags: [{ key: 't', value }] } });
const batchOf = (records: readonly Recorded[], stale = false) => ({
  topic: records[0]?.topic ?? '',
  partition: 0,
  records,
  stale: () => stale,
  lost: () => undefined,
});
const RUNS = 'runledger.runs.v1';
const CATALOG = 'runledger.catalog.v1';
const offsetOf = async (topic = RUNS): Promise<number> => {
  const rows: Array<{ next_offset: string }> = await tables.source.query(
    'select next_offset from custody.lease where topic = $1',
    [topic],
  );
  return Number(rows[0]?.next_offset);
};
const tagValues = async (): Promise<string[]> => {
  const rows: Array<{ value: string }> = await tables.source.query(
    'select value from read.run_tag where to_off is null order by run',
  );
  return rows.map((row) => row.value);
};

describe('events that can never be read', () => {
  const good = said('r1', [tag('good')]);
  const torn = { ...good, value: Buffer.from('[{') };
  const mixed = said('r2', [tag('mixed'), { type: 'tags.set', data: { tags: [] } }, tag('and more')]);

  it('are set aside with their place, in the dead topic and in a table, and the others are applied', async () => {
    const subjectless = { ...good, headers: { ...good.headers, ce_subject: 'model/m' } };
    const future = said('r3', [tag('x')]);
    const events = JSON.parse(Buffer.from(future.value).toString()) as object[];
    const unknown = { ...future, value: Buffer.from(JSON.stringify([{ ...events[0], dataversion: 9 }])) };
    const dump = await projectOnce([good, torn, mixed, subjectless, unknown]);
    expect(dump['dead_letter']?.map((line) => line.split(',').slice(2, 8))).toEqual([
      ['0', '1', '-1', 'default', 'read-message', 'CONTRACTS_BAD_RECORD'],
      ['0', '2', '1', 'default', 'read-fact', 'CONTRACTS_BAD_DATA'],
      ['0', '3', '-1', 'default', 'read-message', 'PROJECTIONS_NO_RUN'],
      ['0', '4', '0', 'default', 'read-fact', 'CONTRACTS_FROM_FUTURE'],
    ]);
    expect(await tagValues()).toEqual(['good', 'and more']);
    expect(tables.letters.map((l) => [l.topic, l.headers['dead_offset'], l.headers['dead_ordinal']])).toEqual([
      ['runledger.dead.v1', '1', '-1'],
      ['runledger.dead.v1', '2', '1'],
      ['runledger.dead.v1', '3', '-1'],
      ['runledger.dead.v1', '4', '0'],
    ]);
    expect(tables.letters[0]?.value).toEqual(torn.value);
  });

  async function projectOnce(records: Parameters<typeof inLog>[0]): Promise<Record<string, string[]>> {
    await tables.project([inLog(records)]);
    return tables.dump();
  }

  it('stop the partition when they are most of a batch: then it is this release that is wrong', async () => {
    const records = inLog([...Array.from({ length: 11 }, () => torn), ...Array.from({ length: 9 }, () => good)]);
    await expect(tables.project([records])).rejects.toMatchObject({ code: 'PROJECTOR_TOO_MANY_REFUSED' });
    expect(tables.letters).toEqual([]);
    expect(await offsetOf()).toBe(0);
    await tables.project([records.slice(1)]);
    expect((await tables.dump())['dead_letter']).toHaveLength(10);
  });

  it('keep the offset where it is while the dead topic does not take them', async () => {
    const away = new Fault('unavailable', 'BUS_UNAVAILABLE', 'no');
    const room = tables.consumer({ log: { publish: () => Promise.reject(away) } });
    await room.assigned(RUNS, 0);
    await expect(room.onBatch(batchOf(inLog([good, torn])))).rejects.toBe(away);
    expect(await offsetOf()).toBe(0);
    expect(await tagValues()).toEqual([]);
  });
});

describe('a lease', () => {
  it('lost to another consumer ends the work on that partition, quietly, until it is assigned again', async () => {
    const zombie = tables.consumer();
    await zombie.assigned(RUNS, 0);
    const heir = tables.consumer();
    expect(await heir.assigned(RUNS, 0)).toBe(0);
    await zombie.onBatch(batchOf(inLog([said('r1', [tag('zombie')])])));
    expect(await tagValues()).toEqual([]);
    await heir.onBatch(batchOf(inLog([said('r1', [tag('heir')])])));
    await zombie.onBatch(batchOf(inLog([said('r1', [tag('still')])], 1)));
    expect(await tagValues()).toEqual(['heir']);
    expect(tables.signals).toEqual([
      { kind: 'facts', workspace: 'default', run: 'r1' },
      { kind: 'projected', group: 'metadata', topic: RUNS, partition: 0, fromOffset: 0, nextOffset: 1 },
    ]);
    expect(await zombie.assigned(RUNS, 0)).toBe(1);
    await zombie.onBatch(batchOf(inLog([said('r1', [tag('back')])], 1)));
    expect(await tagValues()).toEqual(['back']);
  });

  it('is looked up again after a failure, so that a commit whose answer was lost is not applied twice', async () => {
    const room = tables.consumer({ live: { publish: failOnce() } });
    await room.assigned(RUNS, 0);
    const records = inLog([said('r1', [tag('1')]), said('r1', [tag('2')])]);
    await expect(room.onBatch(batchOf(records.slice(0, 1)))).rejects.toThrow('lost answer');
    await room.onBatch(batchOf(records));
    expect(await offsetOf()).toBe(2);
    expect(await tagValues()).toEqual(['2']);
  });

  function failOnce(): () => void {
    let failed = false;
    return () => {
      if (!failed) {
        failed = true;
        throw new Error('lost answer');
      }
    };
  }

  it('is left alone by batches that are stale, and by partitions that are not assigned', async () => {
    const room = tables.consumer();
    const records = inLog([said('r1', [tag('1')])]);
    await room.onBatch(batchOf(records));
    await room.assigned(RUNS, 0);
    await room.onBatch(batchOf(records, true));
    await room.revoked?.(RUNS, 0);
    await room.onBatch(batchOf(records));
    expect(await offsetOf()).toBe(0);
  });

  it('moves past a gap of the log, and skips records that lie before it', async () => {
    await takeLease(tables.source, { group: 'metadata', topic: RUNS, partition: 0 }, 'test');
    await tables.source.query('update custody.lease set next_offset = 5');
    await tables.project([inLog([said('r1', [tag('before')]), said('r2', [tag('after')])], 4)]);
    expect(await tagValues()).toEqual(['after']);
    await tables.project([inLog([said('r3', [tag('far')])], 90)]);
    expect(await offsetOf()).toBe(91);
  });
});

describe('the catalog', () => {
  const created = (seq: number, experiment: string, workspace?: string) =>
    decided(
      seq,
      { type: 'experiment.created', data: { experiment, project: 'default', name: experiment, tags: [] } },
      workspace,
    );

  it('is applied number by number, and what is not newer is dropped', async () => {
    const renamed = decided(2, { type: 'experiment.renamed', data: { experiment: 'e1', from: 'e1', to: 'new' } });
    const deleted = decided(3, { type: 'experiment.deleted', data: { experiment: 'e1' } });
    await projectThreeWays(tables, [
      created(1, 'e1'),
      renamed,
      renamed,
      created(1, 'e1'),
      created(1, 'e9', 'other'),
      deleted,
    ]);
    const reads = createMetadataReads(tables.source);
    expect(await reads.getExperiment(wholeWorkspace('default'), 'e1')).toMatchObject({
      name: 'new',
      lifecycle: 'deleted',
      createdSeq: 1,
    });
    expect(await reads.findExperimentByName(wholeWorkspace('default'), 'e9')).toBeNull();
    expect(await reads.listExperiments(wholeWorkspace('default'), { limit: 5 })).toEqual([]);
    expect(
      await tables.source.query(
        `select seq::int, name, to_off::int from read.experiment where experiment = 'e1' order by seq`,
      ),
    ).toEqual([
      { seq: 1, name: 'e1', to_off: 1 },
      { seq: 2, name: 'new', to_off: 5 },
      { seq: 3, name: 'new', to_off: null },
    ]);
  });

  it('keeps each kind of row by itself, and every version of it', async () => {
    const tags = (...pairs: Array<[string, string]>) => pairs.map(([key, value]) => ({ key, value }));
    await projectThreeWays(tables, [
      decided(1, { type: 'project.created', data: { project: 'p', name: 'Vision', description: '' } }),
      created(2, 'e1'),
      decided(3, { type: 'experiment.tagged', data: { experiment: 'e1', tags: tags(['a', '1'], ['b', '2']) } }),
      decided(4, { type: 'project.described', data: { project: 'p', description: 'what sees' } }),
      decided(5, { type: 'experiment.untagged', data: { experiment: 'e1', keys: ['a'] } }),
    ]);
    const reads = createMetadataReads(tables.source);
    expect(await reads.getProject(wholeWorkspace('default'), 'p')).toMatchObject({
      value: { name: 'Vision', description: 'what sees', createdSeq: 1, seq: 4 },
      actor: 'somebody',
      until: null,
    });
    expect(await reads.getExperiment(wholeWorkspace('default'), 'e1')).toMatchObject({ tags: tags(['b', '2']) });
    expect(await tables.source.query('select seq::int, tags, to_off::int from read.experiment order by seq')).toEqual([
      { seq: 2, tags: [], to_off: 2 },
      { seq: 3, tags: tags(['a', '1'], ['b', '2']), to_off: 4 },
      { seq: 5, tags: tags(['b', '2']), to_off: null },
    ]);
  });

  it('finds the active one of a name before those that are deleted', async () => {
    const named = (seq: number, experiment: string) =>
      decided(seq, { type: 'experiment.created', data: { experiment, project: 'default', name: 'same', tags: [] } });
    const gone = (seq: number, experiment: string) =>
      decided(seq, { type: 'experiment.deleted', data: { experiment } });
    const reads = createMetadataReads(tables.source);
    const found = async () => (await reads.findExperimentByName(wholeWorkspace('default'), 'same'))?.experiment;
    await tables.project([inLog([named(1, 'e1'), gone(2, 'e1'), named(3, 'e2'), gone(4, 'e2')])]);
    expect(await found()).toBe('e2');
    await tables.project([inLog([decided(5, { type: 'experiment.restored', data: { experiment: 'e1' } })], 4)]);
    expect(await found()).toBe('e1');
  });

  it('stops at a gap', async () => {
    await tables.project([inLog([created(1, 'e1')])]);
    const gap = { code: 'POSTGRES_CATALOG_GAP', context: { workspace: 'default', last: 1, came: 3 } };
    await expect(tables.project([inLog([created(3, 'e3')], 1)])).rejects.toMatchObject(gap);
    expect(await offsetOf(CATALOG)).toBe(1);
    await tables.project([inLog([created(2, 'e2'), created(3, 'e3')], 1)]);
    expect(await offsetOf(CATALOG)).toBe(3);
  });

  it('counts the number of a decision that was set aside', async () => {
    const record = created(2, 'e2');
    const value = Buffer.from(Buffer.from(record.value).toString().replace('"project"', '"projekt"'));
    await tables.project(cutInto(inLog([created(1, 'e1'), { ...record, value }, created(3, 'e3')]), [1]));
    expect((await tables.dump())['experiment']).toHaveLength(2);
    expect(tables.letters).toHaveLength(1);
  });
});
