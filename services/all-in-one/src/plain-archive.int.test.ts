import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ArchiveAnswer, archiveAnswer } from '@runledger/contracts/http';
import { drawing, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openArchiveScene, type Scene } from '../test/archive-scene';

// How far the log is archived is held against a plain evaluation: of the files themselves, and of the records that the log has, after
// random runs of archiving, some of which may take nothing out of the log.
const SEED = 13;
let folder: TemporaryFolder;
let scene: Scene;
beforeAll(async () => {
  folder = temporaryFolder('plain-archive');
  const archive = { RUNLEDGER_ARCHIVE: folder.path, RUNLEDGER_S3_REGION: undefined, RUNLEDGER_S3_ENDPOINT: undefined };
  scene = await openArchiveScene({ log: { kind: 'postgres', brokers: undefined }, archive });
}, 120_000);
afterAll(async () => {
  await scene.close();
  folder.remove();
});

type Partition = ArchiveAnswer['partitions'][number];
type Place = Pick<Partition, 'topic' | 'partition'>;
const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/** What the files say that lie in the archive, by their partition. */
function filesByPlace() {
  const files = new Map<string, Array<Place & { next: number; bytes: number }>>();
  for (const entry of readdirSync(`${folder.path}/sha256`, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(`${entry.parentPath}/${entry.name}`);
    const [, header = ''] = gunzipSync(bytes).toString('latin1').split('\n', 2);
    const { topic, partition, next } = JSON.parse(header) as Place & { next: number };
    const own = files.get(nameOf({ topic, partition })) ?? [];
    files.set(nameOf({ topic, partition }), [...own, { topic, partition, next, bytes: bytes.length }]);
  }
  return files;
}

/** The first record that the log has of a partition, or would have next. */
async function firstOf({ topic, partition }: Place): Promise<number> {
  const [row]: Array<{ off: string | null }> = await scene.source.query(
    'select min(off) as off from custody.log_record where topic = $1 and partition = $2',
    [topic, partition],
  );
  const end = (await scene.ends()).find((one) => one.topic === topic && one.partition === partition);
  return Number(row?.off ?? end?.offset);
}

/** What is to be told of a partition, but when. */
async function expectedOf(files: Array<Place & { next: number; bytes: number }>) {
  const { topic = '', partition = 0 } = files[0] ?? {};
  return {
    ...{ topic, partition, archivedTo: Math.max(...files.map(({ next }) => next)), ranges: files.length },
    droppedTo: await firstOf({ topic, partition }),
    bytes: files.reduce((sum, one) => sum + one.bytes, 0),
  };
}

/** By a clock that tells ms, of one that tells less. */
const isWithin = (time: string | null, [from, to]: readonly [number, number]): boolean =>
  time !== null && Date.parse(time) >= from - 2 && Date.parse(time) <= to + 2;

type Run = Readonly<{ act: string; during: readonly [number, number] }>;

/** When something was done last. Answers whether more is archived, and dropped, than before. */
function expectTimes(one: Partition, old: Partition | undefined, { act, during }: Run): [boolean, boolean] {
  const grew = one.archivedTo > (old?.archivedTo ?? 0);
  const dropped = one.droppedTo > (old?.droppedTo ?? 0);
  if (grew) expect(isWithin(one.lastArchivedAt, during)).toBe(true);
  else expect(one.lastArchivedAt).toBe(old?.lastArchivedAt);
  if (dropped) expect(isWithin(one.lastDroppedAt, during)).toBe(true);
  else expect(one.lastDroppedAt).toBe(old?.lastDroppedAt ?? null);
  if (act === 'api/v1/archive/verify') expect(isWithin(one.verifiedAt, during)).toBe(true);
  return [grew, dropped];
}

it(`tells how far each partition is archived and dropped, how much that is, and since when, of seed ${SEED}`, async () => {
  const draw = drawing(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  let before = new Map<string, Partition>();
  const moves = { archived: 0, dropped: 0, kept: 0 };
  for (let round = 0; round < 14; round++) {
    for (let i = 0; i < 4; i++) {
      const [run, steps] = [pick(['r1', 'r2', 'r3']), [round]];
      const series = [{ key: 'loss', steps, values: [draw()] }];
      if (draw() < 0.5) await scene.post('api/v1/metrics', { run, series });
      else {
        const data = { tags: [{ key: 't', value: `v${round}` }] };
        await scene.post('api/v1/events', { events: [{ subject: `run/${run}`, type: 'tags.set', data }] });
      }
    }
    await scene.settled();
    const rooms = pick([{ dropMs: 3_600_000 }, { projector: false }, {}]);
    await scene.restart(rooms);
    const from = Date.now();
    const act = pick(['api/v1/archive', 'api/v1/archive', 'api/v1/archive/verify']);
    expect((await scene.lines(act)).at(-1)).toMatchObject({ kind: 'result' });
    const during = [from, Date.now()] as const;

    const answer = archiveAnswer.parse(await (await scene.get('api/v1/archive')).json());
    const expected = await Promise.all([...filesByPlace().values()].map(expectedOf));
    const told = answer.partitions.map(({ lastArchivedAt: _, verifiedAt: __, lastDroppedAt: ___, ...one }) => one);
    const byName = (a: Place, b: Place): number => (nameOf(a) < nameOf(b) ? -1 : 1);
    expect([answer.archives, told.sort(byName)]).toEqual([true, expected.sort(byName)]);
    for (const one of answer.partitions) {
      const [grew, dropped] = expectTimes(one, before.get(nameOf(one)), { act, during });
      moves.archived += Number(grew);
      moves.dropped += Number(dropped);
      moves.kept += Number(one.droppedTo < one.archivedTo);
    }
    before = new Map(answer.partitions.map((one) => [nameOf(one), one]));
    await scene.restart();
  }
  for (const many of Object.values(moves)) expect(many).toBeGreaterThan(3);
}, 300_000);
