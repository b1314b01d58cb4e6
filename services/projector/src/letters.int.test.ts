import { type DeadLettersAnswer, deadLettersAnswer, replayAnswer } from '@runledger/contracts/http';
import { drawing } from '@runledger/testkit';
import { facts, metrics, openScene, type Scene } from '../test/upkeep-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('letters');
});
afterAll(() => scene.close());

const tag = (value: string, id?: string) => ({
  type: 'tags.set' as const,
  data: { tags: [{ key: 'k', value }] },
  ...(id === undefined ? {} : { id }),
});
const letters = async (query = '', key?: string): Promise<DeadLettersAnswer['letters']> =>
  deadLettersAnswer.parse((await scene.ask(`dead-letters${query}`, key)).body).letters;
const named = async (run: string): Promise<DeadLettersAnswer['letters'][number]> => {
  const found = (await letters('?limit=1000')).find(({ message }) => message.includes(run));
  if (found === undefined) throw new Error(`no letter of ${run}`);
  return found;
};
const values = async (run: string): Promise<string[]> => {
  const rows: Array<{ value: string }> = await scene.source.query(
    'select value from read.run_tag where run = $1 and to_off is null',
    [run],
  );
  return rows.map(({ value }) => value);
};
const conflicts = async (): Promise<unknown[]> => scene.source.query('select * from read.conflict');
const replay = (letter: string, more: { id?: string; key?: string } = {}) =>
  scene.ask(`dead-letters/${letter}/replay`, more.key, more.id === undefined ? {} : { id: more.id });

/** As an older release left it: a record that this one can read is in the dead letters. */
async function setAside(record: ReturnType<typeof facts>, ordinal: number): Promise<string> {
  const [at] = await scene.log.publish([record]);
  await scene.settled();
  const group = record.topic.includes('metrics') ? 'series' : 'metadata';
  await scene.source.query(
    `insert into read.dead_letter values ($1, $2, $3, $4, $5, 'default', 'read-fact', 'OLD', 'an old release', now())`,
    [group, at?.topic, at?.partition, at?.offset, ordinal],
  );
  return [group, at?.topic, at?.partition, at?.offset, ordinal].join('.');
}

it('lists what was set aside, the newest first, page by page, to the workspace that it belongs to', async () => {
  const bad = { type: 'tags.set' as const, data: { nothing: true } };
  await scene.log.publish([facts('r1', [bad]), facts('r2', [bad]), facts('r3', [bad], { workspace: 'other' })]);
  await scene.settled();
  const all = await letters();
  expect(all).toHaveLength(2);
  expect(all[0]).toMatchObject({ group: 'metadata', ordinal: 0, code: 'CONTRACTS_BAD_DATA', replayed: null });
  const first = deadLettersAnswer.parse((await scene.ask('dead-letters?limit=1')).body);
  const next = await letters(`?limit=1&page_token=${first.nextPageToken}`);
  expect([...first.letters, ...next]).toEqual(all);
  expect(await letters('', scene.keys.other)).toHaveLength(1);
  expect(await letters('?group=series')).toEqual([]);
  expect((await scene.ask('dead-letters', scene.keys.reader)).status).toBe(403);
  expect((await scene.ask('dead-letters?group=none')).status).toBe(400);
});

it('lists each event of a random record that cannot be read, where it lies, and no other', async () => {
  const draw = drawing(13);
  const before = (await letters('?limit=1000')).map(({ letter }) => letter);
  const expected: string[] = [];
  for (let i = 0; i < 40; i++) {
    const isBad = Array.from({ length: 1 + Math.floor(draw() * 3) }, () => draw() < 0.3);
    const events = isBad.map((bad, at) =>
      bad ? { type: 'tags.set' as const, data: { nothing: at } } : tag('ok', `random-${i}-${at}`),
    );
    const record = facts(`random-${Math.floor(draw() * 5)}`, events);
    // A message that comes again has its letters again: each is of one place of the log.
    for (const { topic, partition, offset } of await scene.log.publish(draw() < 0.3 ? [record, record] : [record]))
      for (const [ordinal, bad] of isBad.entries())
        if (bad) expected.push(`metadata.${topic}.${partition}.${offset}.${ordinal}`);
  }
  await scene.settled();
  const told: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const path = `dead-letters?limit=9${token === '' ? '' : `&page_token=${token}`}`;
    const page = deadLettersAnswer.parse((await scene.ask(path)).body);
    told.push(...page.letters.map(({ letter }) => letter));
    token = page.nextPageToken;
  }
  expect(expected.length).toBeGreaterThan(15);
  expect(told.filter((letter) => !before.includes(letter)).sort()).toEqual(expected.sort());
  expect(told).toEqual([...new Set(told)]);
});

it('replays a message that was set aside whole, with its writer and sequence, once in effect', async () => {
  const message = facts('whole', [tag('replayed', 'whole-1')], { writer: 'w', sequence: 0 });
  const letter = await setAside(message, -1);
  await scene.source.query(`delete from read.run_tag where run = 'whole'`);
  await scene.source.query(`delete from read.applied_event where run = 'whole'`);
  await scene.source.query(`delete from read.writer_receipt where run = 'whole'`);
  const answer = replayAnswer.parse((await replay(letter, { id: 'replay-1' })).body);
  expect(answer).toMatchObject({ letter, replays: 1 });
  await scene.settled();
  expect(await values('whole')).toEqual(['replayed']);
  await replay(letter);
  await scene.settled();
  expect(await values('whole')).toEqual(['replayed']);
  expect(await conflicts()).toEqual([]);
  const stored = await scene.source.query(`select stored::text from read.writer_receipt where run = 'whole'`);
  expect(stored).toEqual([{ stored: '{[0,1)}' }]);
});

it('replays one event of a message whose others were applied, although their sequence is stored', async () => {
  const message = facts('part', [tag('first', 'part-1'), tag('second', 'part-2')], { writer: 'w', sequence: 0 });
  const letter = await setAside(message, 1);
  await scene.source.query(`delete from read.applied_event where event = 'part-2'`);
  await scene.source.query(`delete from read.run_tag where run = 'part' and to_off is null`);
  await scene.source.query(
    `update read.run_tag set to_off = null, to_ord = null, to_time = null, to_actor = null where run = 'part'`,
  );
  expect(await values('part')).toEqual(['first']);
  await replay(letter);
  await replay(letter);
  await scene.settled();
  expect(await values('part')).toEqual(['second']);
  expect(await conflicts()).toEqual([]);
});

it('replays a batch of metrics, whose points are stored once', async () => {
  const letter = await setAside(metrics('points', 0), -1);
  await replay(letter);
  await replay(letter);
  await scene.settled();
  const points = await scene.source.query(
    `select points from custody.writer_receipt where run = 'points' and topic = 'metrics'`,
  );
  expect(points).toEqual([{ points: '10' }]);
});

it('is a command: sent again it gets its first answer, and who asked stands in the journal and in the list', async () => {
  const letter = await setAside(facts('journal', [tag('x')]), -1);
  const first = (await replay(letter, { id: 'same' })).body as { position: string; replays: number };
  const again = (await replay(letter, { id: 'same' })).body as { position: string; replays: number };
  expect([first.replays, again.replays]).toEqual([1, 1]);
  const events = await scene.source.query(`select type, actor, data from custody.journal_event where subject = $1`, [
    `dead-letter/${letter}`,
  ]);
  expect(events).toEqual([
    { type: 'dead-letter.replayed', actor: expect.any(String), data: { letter, code: 'OLD', number: 1 } },
  ]);
  const shown = (await letters('?limit=1000')).find((one) => one.letter === letter);
  expect(shown?.replayed).toMatchObject({ times: 1, actor: (events as Array<{ actor: string }>)[0]?.actor });
});

it('sets aside again what still cannot be applied, and says of which record it is a replay', async () => {
  const { letter } = await named('tags.set');
  const before = (await letters('?limit=1000')).length;
  expect((await replay(letter)).status).toBe(200);
  await scene.settled();
  expect(await letters('?limit=1000')).toHaveLength(before + 1);
});

it('refuses letters of others, letters that are none, and decisions, and publishes nothing', async () => {
  const ends = await scene.log.ends(['runledger.runs.v1', 'runledger.catalog.v1']);
  const { letter } = await named('tags.set');
  expect((await replay(letter, { key: scene.keys.other })).status).toBe(404);
  expect((await replay(letter, { key: scene.keys.reader })).status).toBe(403);
  expect((await replay('metadata.runledger.runs.v1.0.99999.-1')).status).toBe(404);
  expect((await replay('none')).status).toBe(404);
  expect((await scene.ask(`dead-letters/${letter}/replay`, undefined, { more: 1 })).status).toBe(400);
  const [decision] = await scene.source.query(
    `select partition, off from custody.log_record where topic = 'runledger.catalog.v1' limit 1`,
  );
  const { partition, off } = decision as { partition: number; off: string };
  await scene.source.query(
    `insert into read.dead_letter values ('metadata', 'runledger.catalog.v1', $1, $2, 0, 'default', 'read-decision', 'OLD', '', now())`,
    [partition, off],
  );
  const numbered = await replay(`metadata.runledger.catalog.v1.${partition}.${off}.0`);
  expect([numbered.status, (numbered.body as { error: { code: string } }).error.code]).toEqual([
    409,
    'PROJECTOR_LETTER_IS_NUMBERED',
  ]);
  expect(await scene.log.ends(['runledger.runs.v1', 'runledger.catalog.v1'])).toEqual(ends);
});
