import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyStore } from '@runledger/access';
import { followStream, type Told } from '../test/event-stream';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

type Moved = { run: string; facts: boolean; series: { step: number; metrics: unknown[] } | null };
const runsOf = ({ data }: Told): Moved[] => (data['runs'] as Moved[] | undefined) ?? [];
const tells =
  (run: string, is: (moved: Moved) => boolean = () => true) =>
  (event: Told) =>
    runsOf(event).some((moved) => moved.run === run && is(moved));
const point = (step: number) => ({ step, value: step });
const log = (run: string, step: number, more: object = {}) =>
  scene.record.stored({ run, key: 'loss', points: [point(step)], ...more });
const tag = (run: string, key: string) =>
  scene.record.facts(run, [{ type: 'tags.set', data: { tags: [{ key, value: '1' }] } }]);

it('tells who moved and up to which step, within half a second, and nothing of others', async () => {
  const stream = await followStream(scene, '?run=a&run=b&key=loss');
  expect([stream.answer.status, stream.answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  await stream.until(({ event }) => event === 'watching');
  await log('c', 1);
  await log('a', 1, { workspace: 'other' });
  const begun = performance.now();
  await log('a', 7);
  await stream.until(tells('a'));
  expect(performance.now() - begun).toBeLessThan(500);
  await tag('b', 'one');
  await scene.record.projectMetadata();
  const told = await stream.until(tells('b', ({ facts }) => facts));
  const moves = told.flatMap(runsOf);
  expect(moves).toEqual([
    { run: 'a', facts: false, console: false, series: { step: 7, metrics: [{ key: 'loss', step: 7, points: 1 }] } },
    { run: 'b', facts: true, console: false, series: null },
  ]);
  await stream.stop();
});

it('ends within five seconds of the revocation of the key that let the reader in, and no other feed does', async () => {
  const keys = createKeyStore(scene.source);
  const { id, key } = await keys.create({ workspace: 'default', label: 'brief', permissions: ['runs:read'] });
  const [brief, other] = [await followStream(scene, '', undefined, key), await followStream(scene, '')];
  await brief.until(({ event }) => event === 'watching');
  await keys.revoke('default', id);
  const late = sleep(5_000).then(() => 'open');
  expect(await Promise.race([brief.ended.then(() => 'ended'), late])).toBe('ended');
  expect(await Promise.race([other.ended.then(() => 'ended'), sleep(100).then(() => 'open')])).toBe('open');
  await other.stop();
});

it('goes on behind the last event without a gap, whatever moved while nobody listened', async () => {
  const first = await followStream(scene, '?run=gone&run=still&run=new');
  const [begin] = await first.until(({ event }) => event === 'watching');
  await log('gone', 1);
  await first.until(tells('gone'));
  await first.stop();
  await log('gone', 2);
  await log('new', 5);
  const second = await followStream(scene, '?run=gone&run=still&run=new', first.told.at(-1)?.id);
  await second.until(tells('new'));
  const moved = second.told.flatMap(runsOf);
  expect(moved.map(({ run, series }) => [run, series?.step])).toEqual([
    ['gone', 2],
    ['new', 5],
  ]);
  await second.stop();
  // An id is a position: a read at it shows what was told.
  const at = second.told.at(-1)?.id ?? '';
  expect((await read(scene, `runs/gone/metrics?at-least=${at}`)).status).toBe(200);
  const third = await followStream(scene, '?run=gone&run=still&run=new', begin?.id);
  await third.until(tells('gone'));
  await third.stop();
});

it('finds out what moved when a signal was lost', async () => {
  const stream = await followStream(scene, '?run=quiet');
  await stream.until(({ event }) => event === 'watching');
  const deaf = jest.spyOn(scene.live, 'publish').mockImplementation(() => undefined);
  await log('quiet', 3);
  deaf.mockRestore();
  await stream.until(
    tells('quiet', ({ series }) => series?.step === 3),
    10_000,
  );
  await stream.stop();
});

it('follows an experiment, with the runs that join it', async () => {
  const stream = await followStream(scene, '?experiment=e1');
  await stream.until(({ event }) => event === 'watching');
  await scene.record.facts('x', [{ type: 'run.started', data: { experiment: 'e2' } }]);
  await scene.record.facts('y', [{ type: 'run.started', data: { experiment: 'e1' } }]);
  await scene.record.projectMetadata();
  await log('x', 1);
  await log('y', 1);
  await stream.until(tells('y', ({ series }) => series !== null));
  expect(stream.told.some(tells('x'))).toBe(false);
  await stream.stop();
});

it('follows a search: runs that match as they move, whatever they were before, and on after a break', async () => {
  const filter = encodeURIComponent("params.opt = 'adam' AND metrics.loss > 3");
  const stream = await followStream(scene, `?filter=${filter}&key=loss`);
  await stream.until(({ event }) => event === 'watching');
  for (const [run, opt] of [
    ['s1', 'adam'],
    ['s2', 'sgd'],
  ] as const)
    await scene.record.facts(run, [{ type: 'params.logged', data: { params: [{ key: 'opt', value: opt }] } }]);
  await scene.record.projectMetadata();
  await log('s1', 2); // not yet above 3
  await log('s2', 9);
  await log('s1', 5);
  await stream.until(tells('s1', ({ series }) => series?.step === 5));
  expect(new Set(stream.told.flatMap(runsOf).map(({ run, series }) => `${run} ${series?.step}`))).toEqual(
    new Set(['s1 5']),
  );
  await stream.stop();
  await log('s1', 8);
  const second = await followStream(scene, `?filter=${filter}`, stream.told.at(-1)?.id);
  // Who is to be told is not known without looking at every run: anything may have moved.
  await second.until(({ data }) => data['all'] === true);
  await log('s1', 11);
  await second.until(tells('s1', ({ series }) => series?.step === 11));
  await second.stop();
  expect(refusalOf(await read(scene, 'live?filter=nothing'))).toEqual([400, 'FILTER_UNKNOWN_FIELD']);
});

it('keeps state for a reader who does not read, and not events; nobody waits for him', async () => {
  const { hostname, port } = new URL(scene.server.url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  const runs = Array.from({ length: 300 }, (_, i) => `run=slow-${i}`).join('&');
  socket.write(
    `GET /api/v1/live?${runs} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${scene.keys.reader}\r\n\r\n`,
  );
  await sleep(300);
  const rounds = 40;
  const begun = performance.now();
  for (let round = 0; round < rounds; round++)
    scene.live.publish(
      Array.from({ length: 300 }, (_, i) => ({ kind: 'series' as const, workspace: 'default', run: `slow-${i}` })),
    );
  expect(performance.now() - begun).toBeLessThan(500);
  await sleep(1_000);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.resume();
  await sleep(500);
  // 12,000 signals are a few events, each with a run once.
  expect(text.split('event: moved').length - 1).toBeLessThan(8);
  expect(text).toContain('slow-299');
  socket.destroy();
});

it('ends when the server stops', async () => {
  const server = await scene.serve();
  const stream = await followStream({ ...scene, server }, '?run=a');
  await stream.until(({ event }) => event === 'watching');
  const begun = performance.now();
  await server.close();
  await stream.ended;
  expect(performance.now() - begun).toBeLessThan(3_000);
});

it('refuses what is no position of this log before it begins', async () => {
  const code = async (id: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${scene.keys.reader}`, 'last-event-id': id };
    const answer = await fetch(`${scene.server.url}/api/v1/live?run=a`, { headers });
    return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
  };
  expect(await code('x')).toEqual([400, 'CONTRACTS_BAD_POSITION']);
  expect(await code(scene.token({ incarnation: 'other' }))).toEqual([400, 'READS_FOREIGN_POSITION']);
  expect(refusalOf(await read(scene, 'live?run=')).slice(0, 2)).toEqual([400, 'HTTP_BAD_INPUT']);
  expect(refusalOf(await read(scene, 'live?run=a', scene.keys.writer))).toEqual([403, 'ACCESS_NOT_ALLOWED']);
});
