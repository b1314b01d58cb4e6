import { openDataSource } from '@runledger/postgres';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { appendOf, created, emptyJournal, nameClaim, upTo } from '../test/journal-scene';
import type { Append, Appended, Journal } from './journal';
import { openJournal } from './open-journal';

let database: TestDatabase;
let source: DataSource;
let journal: Journal;

beforeAll(async () => {
  database = await createDatabase('journal');
  source = await openDataSource(database.url, { poolSize: 25 });
  journal = openJournal(source);
});
beforeEach(() => emptyJournal(source));
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const numbersOf = async (workspace: string): Promise<number[]> => {
  const rows: Array<{ journalseq: string }> = await source.query(
    'select journalseq from custody.journal_event where workspace = $1 order by journalseq',
    [workspace],
  );
  return rows.map(({ journalseq }) => Number(journalseq));
};
const countOf = async (table: string): Promise<number> => {
  const rows: Array<{ n: string }> = await source.query(`select count(*) as n from custody.${table}`);
  return Number(rows[0]?.n);
};
const outcomes = (all: readonly Appended[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { outcome } of all) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
const appended = async (what: Append) => {
  const done = await journal.append(what);
  expect(done.outcome).toBe('appended');
  return (done as Extract<Appended, { outcome: 'appended' }>).answer;
};

describe('numbers', () => {
  it('are gapless in a workspace when many append at once', async () => {
    const all = await Promise.all(upTo(60).map((n) => journal.append(appendOf(`e${n}`))));
    const given = all.map((one) => (one.outcome === 'appended' ? one.answer.journalseq : 0));
    expect(given.sort((a, b) => a - b)).toEqual(upTo(60));
    expect(await numbersOf('w1')).toEqual(upTo(60));
  });

  it('stay gapless when some of them fail in the middle', async () => {
    const all = await Promise.allSettled(
      upTo(30).map((n) => {
        const bad = n % 3 === 0 ? [created('x'), { ...created('x'), dataversion: Number.NaN }] : [created('x')];
        return journal.append(appendOf(`e${n}`, { events: bad }));
      }),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await numbersOf('w1')).toEqual(upTo(20));
  });

  it('count each workspace by itself', async () => {
    await appended(appendOf('e1'));
    await appended(appendOf('e1', { workspace: 'w2', events: [created('e1'), created('e1')] }));
    expect([await numbersOf('w1'), await numbersOf('w2')]).toEqual([[1], [1, 2]]);
  });

  it('skip nothing behind a transaction that is held open in the middle of numbering', async () => {
    await appended(appendOf('e1'));
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`select journalseq from custody.journal_head where workspace = 'w1' for update`);
    await runner.query(`insert into custody.journal_event select workspace, 2, 'experiment/held', 1, 'held', type, time,
      dataversion, data, actor, recordedtime from custody.journal_event where workspace = 'w1'`);
    await runner.query(`update custody.journal_head set journalseq = 2 where workspace = 'w1'`);

    const behind = journal.append(appendOf('e2'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await numbersOf('w1')).toEqual([1]); // nobody sees number 3 while number 2 is open

    await runner.commitTransaction();
    await runner.release();
    expect(await behind).toMatchObject({ outcome: 'appended', answer: { journalseq: 3 } });
    expect(await numbersOf('w1')).toEqual([1, 2, 3]);
  });

  it('are taken again when the transaction that had them is rolled back', async () => {
    const runner = source.createQueryRunner();
    await appended(appendOf('e1'));
    await runner.startTransaction();
    await runner.query(`update custody.journal_head set journalseq = 2 where workspace = 'w1'`);
    const behind = journal.append(appendOf('e2'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await runner.rollbackTransaction();
    await runner.release();
    expect(await behind).toMatchObject({ answer: { journalseq: 2 } });
  });
});

describe('streams', () => {
  it('are loaded as they were written', async () => {
    await appended(appendOf('e1', { events: [created('e1'), created('e1')] }));
    await appended(appendOf('e1', { expectedVersion: 2, events: [{ ...created('e1'), dataversion: 7 }] }));
    const stream = await journal.load('w1', 'experiment/e1');
    expect(stream.version).toBe(3);
    expect(stream.events.map(({ type, dataversion }) => [type, dataversion])).toEqual([
      ['experiment.created', 1],
      ['experiment.created', 1],
      ['experiment.created', 7],
    ]);
    expect(stream.events[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      data: created('e1').data,
    });
  });

  it('are empty before they begin, and in other workspaces', async () => {
    await appended(appendOf('e1'));
    expect(await journal.load('w1', 'experiment/e2')).toEqual({ version: 0, events: [] });
    expect(await journal.load('w2', 'experiment/e1')).toEqual({ version: 0, events: [] });
  });

  it('refuse what was decided on an older version, and write nothing of it', async () => {
    await appended(appendOf('e1'));
    const late = appendOf('e1', { claims: { take: [nameClaim('late')], release: [] } });
    expect(await journal.append(late)).toEqual({ outcome: 'moved', version: 1 });
    expect(await journal.append({ ...late, expectedVersion: 2 })).toEqual({ outcome: 'moved', version: 1 });
    expect([await countOf('journal_event'), await countOf('journal_claim')]).toEqual([1, 0]);
    expect(await journal.append({ ...late, expectedVersion: 1 })).toMatchObject({ outcome: 'appended' });
  });

  it('take one of many decisions on the same version', async () => {
    const all = await Promise.all(upTo(20).map(() => journal.append(appendOf('e1'))));
    expect(outcomes(all)).toEqual({ appended: 1, moved: 19 });
  });
});

describe('claims', () => {
  const taking = (subject: string, name: string, more: Partial<Append> = {}) =>
    appendOf(subject, { claims: { take: [nameClaim(name)], release: [] }, ...more });

  it('are held by one stream when many ask at once, and the others write nothing', async () => {
    const all = await Promise.all(upTo(20).map((n) => journal.append(taking(`e${n}`, 'digits'))));
    expect(outcomes(all)).toEqual({ appended: 1, taken: 19 });
    const holder = await journal.holderOf('w1', nameClaim('digits'));
    for (const one of all)
      if (one.outcome === 'taken') expect(one).toEqual({ outcome: 'taken', claim: nameClaim('digits'), by: holder });
    expect([await countOf('journal_event'), await countOf('journal_command')]).toEqual([1, 1]);
  });

  it('move with a rename, and the old name is free at once', async () => {
    await appended(taking('e1', 'digits'));
    const claims = { take: [nameClaim('letters')], release: [nameClaim('digits')] };
    await appended(appendOf('e1', { expectedVersion: 1, claims }));
    expect(await journal.holderOf('w1', nameClaim('letters'))).toBe('experiment/e1');
    expect(await journal.holderOf('w1', nameClaim('digits'))).toBeNull();
    await appended(taking('e2', 'digits'));
  });

  it('may be given back and taken again by their own holder', async () => {
    await appended(taking('e1', 'digits'));
    const claims = { take: [nameClaim('digits')], release: [nameClaim('digits')] };
    await appended(appendOf('e1', { expectedVersion: 1, claims }));
    expect(await journal.holderOf('w1', nameClaim('digits'))).toBe('experiment/e1');
  });

  it('differ by kind, by workspace and by case', async () => {
    await appended(taking('e1', 'digits'));
    await appended(taking('e2', 'Digits'));
    await appended(taking('e1', 'digits', { workspace: 'w2' }));
    await appended(appendOf('e3', { claims: { take: [{ kind: 'model-name', name: 'digits' }], release: [] } }));
  });

  it('that are needed must be held by somebody, whoever it is, or nothing is written', async () => {
    const needing = (subject: string, ...names: string[]) =>
      appendOf(subject, { claims: { take: [nameClaim(subject)], release: [], need: names.map(nameClaim) } });
    await appended(taking('e1', 'digits'));
    expect(await journal.append(needing('e2', 'digits', 'letters', 'words'))).toEqual({
      outcome: 'absent',
      claim: nameClaim('letters'),
    });
    expect([await journal.holderOf('w1', nameClaim('e2')), await journal.head('w1')]).toEqual([null, 1]);
    await appended(needing('e2', 'digits'));
    await appended(needing('e3', 'e2', 'digits'));
    expect(await journal.head('w1')).toBe(3);
    expect(await journal.head('w2')).toBe(0);
    expect((await journal.append({ ...needing('e4', 'digits'), workspace: 'w2' })).outcome).toBe('absent');
  });

  it('that are not held cannot be given back', async () => {
    await appended(taking('e1', 'digits'));
    const stealing = appendOf('e2', { claims: { take: [], release: [nameClaim('digits')] } });
    await expect(journal.append(stealing)).rejects.toMatchObject({ kind: 'bug', code: 'JOURNAL_BROKEN' });
    expect(await journal.holderOf('w1', nameClaim('digits'))).toBe('experiment/e1');
  });
});

describe('commands', () => {
  const command = { commandId: 'c1', commandDigest: 'd1' };

  it('that come again get their first answer, however the stream has moved on', async () => {
    const first = await appended(appendOf('e1', { ...command, result: { name: 'first' } }));
    await appended(appendOf('e1', { expectedVersion: 1 }));
    const again = appendOf('e9', { ...command, expectedVersion: 7, result: { name: 'second' } });
    expect(await journal.append(again)).toEqual({ outcome: 'repeated', answer: first });
    expect(await journal.recall('w1', 'c1', 'd1')).toEqual(first);
    expect(first).toEqual({ journalseq: 1, version: 1, result: { name: 'first' } });
    expect(await countOf('journal_event')).toBe(2);
  });

  it('are decided once when they come many times at once', async () => {
    const all = await Promise.all(upTo(20).map((n) => journal.append(appendOf(`e${n}`, command))));
    expect(outcomes(all)).toEqual({ appended: 1, repeated: 19 });
    expect(new Set(all.map((one) => ('answer' in one ? JSON.stringify(one.answer) : ''))).size).toBe(1);
  });

  it('may not be used for something else', async () => {
    await appended(appendOf('e1', command));
    const conflict = { kind: 'conflict', code: 'JOURNAL_COMMAND_REUSED' };
    await expect(journal.append(appendOf('e2', { ...command, commandDigest: 'd2' }))).rejects.toMatchObject(conflict);
    await expect(journal.recall('w1', 'c1', 'd2')).rejects.toMatchObject(conflict);
    expect(await countOf('journal_event')).toBe(1);
  });

  it('are unique in their workspace only', async () => {
    await appended(appendOf('e1', command));
    expect(await journal.recall('w2', 'c1', 'd2')).toBeNull();
    await appended(appendOf('e1', { ...command, workspace: 'w2', commandDigest: 'd2' }));
  });

  it('that change nothing are remembered with the place that they were decided at', async () => {
    await appended(appendOf('e1'));
    expect(await appended(appendOf('e1', { ...command, expectedVersion: 1, events: [] }))).toMatchObject({
      journalseq: 1,
      version: 1,
    });
    expect(await journal.recall('w1', 'c1', 'd1')).not.toBeNull();
  });
});

describe('a journal that is away', () => {
  it('says so, writes nothing, and takes the same command afterwards', async () => {
    await appended(appendOf('e1'));
    const holder = source.createQueryRunner();
    await holder.startTransaction();
    await holder.query(`select 1 from custody.journal_head where workspace = 'w1' for update`);
    const waiting = appendOf('e2');
    const refused = expect(journal.append(waiting)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'JOURNAL_UNAVAILABLE',
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await source.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    await refused;
    await holder.rollbackTransaction();
    await holder.release();
    expect(await appended(waiting)).toMatchObject({ journalseq: 2 });
  });
});

describe('a decision on several streams', () => {
  it('is written only while the others have not moved on', async () => {
    await appended(appendOf('seen'));
    const seen = (version: number) => appendOf(`by-${version}`, { seen: [{ subject: 'experiment/seen', version }] });
    expect((await journal.append(seen(0))).outcome).toBe('moved');
    expect((await journal.append(seen(2))).outcome).toBe('moved');
    expect((await journal.append(seen(1))).outcome).toBe('appended');
    const nowhere = appendOf('n', { seen: [{ subject: 'experiment/nowhere', version: 0 }] });
    expect((await journal.append(nowhere)).outcome).toBe('appended');
  });

  it('when two streams are decided on each other at once, one has to decide again', async () => {
    const on = (mine: string, other: string) =>
      appendOf(mine, { seen: [{ subject: `experiment/${other}`, version: 0 }] });
    const all = await Promise.all([journal.append(on('a', 'b')), journal.append(on('b', 'a'))]);
    expect(outcomes(all)).toEqual({ appended: 1, moved: 1 });
  });
});
