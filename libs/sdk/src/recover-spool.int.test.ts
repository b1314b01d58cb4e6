import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  eventually,
  freePort,
  type Spawned,
  spawnTypeScript,
  type TemporaryFolder,
  temporaryFolder,
} from '@runledger/testkit';
import { DoorStub } from '../test/door-stub';
import { thisProcess } from './owner';
import type { Recovery } from './recover-spool';
import { segmentPath } from './segments';
import { recoverSpool, startRun } from './start-run';

let temporary: TemporaryFolder;
let door: DoorStub;
let nth = 0;
let spool = '';

beforeAll(() => {
  temporary = temporaryFolder('recover');
});
afterAll(() => temporary.remove());
beforeEach(async () => {
  door = await new DoorStub().listen();
  spool = join(temporary.path, `spool-${nth++}`);
});
const trainings: Spawned[] = [];
afterEach(async () => {
  for (const training of trainings.splice(0)) training.kill('SIGKILL');
  await door.close();
});

const train = (how: string, url = door.url): Spawned => {
  const training = spawnTypeScript(join(__dirname, '../test/training-process.ts'), [how, url, spool]);
  trainings.push(training);
  return training;
};
const quiet = { env: {}, onProblem: () => undefined };
const recover = (more = {}): Promise<Recovery> => recoverSpool(spool, { url: door.url, ...quiet, ...more });
const spooledBytes = (): number =>
  readdirSync(spool).reduce((sum, name) => {
    const file = segmentPath(join(spool, name), 'metrics', 0);
    return sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
const lastSynced = (training: Spawned): number =>
  Math.max(0, ...[...training.output().matchAll(/^synced (\d+)$/gm)].map(([, points]) => Number(points)));
const expected = (points: number): string[] =>
  Array.from({ length: points / 2 }, (_, step) => [`loss ${step} ${step}`, `accuracy ${step} ${-step || 0}`]).flat();
/** Everything stored is a prefix of what was logged, once each, and the receipts say that nothing is missing. */
function expectWhole(atLeast: number): void {
  const points = door.points();
  expect(points.length).toBeGreaterThanOrEqual(atLeast);
  const wanted = expected(points.length);
  expect(points.find((point, i) => point !== wanted[i])).toBeUndefined();
  expect(door.conflicts).toEqual([]);
  const closed = door.events().filter(({ type }) => type === 'writer.closed');
  for (const { data } of closed)
    expect(door.batches(String(data['topic']), String(data['writer']))).toHaveLength(Number(data['batches']));
  expect(closed.map(({ data }) => data['topic'])).toContain('metrics');
}

describe('what a killed process leaves in the spool', () => {
  it('is all that it had synced, and is sent by a recovery, though the server was away all along', async () => {
    const training = train('killed', `http://127.0.0.1:${await freePort()}`);
    await training.line(/synced [1-9]\d{4}/);
    training.kill('SIGKILL');
    expect(await training.ended).toBe('SIGKILL');
    const synced = lastSynced(training);
    const { recovered, leftAlone } = await recover({ otherServers: true });
    expect(leftAlone).toEqual([]);
    expect(recovered[0]?.points).toBeGreaterThanOrEqual(synced);
    expectWhole(synced);
    expect(door.events()[0]?.type).toBe('run.started');
    expect(readdirSync(spool)).toEqual([]);
  });

  it('is sent exactly once, however often and wherever the process was killed while it was sending', async () => {
    for (let round = 0; round < 3; round++) {
      door.stored.clear();
      door.fate = (batch, attempt) => (attempt === 0 && /[/37]7$/.test(batch) ? 'cut' : 'take');
      const training = train('killed');
      await training.line(/synced \d+/);
      await wait(100 + 150 * round);
      training.kill('SIGKILL');
      await training.ended;
      const synced = lastSynced(training);
      const { recovered } = await recover();
      expect(recovered).toHaveLength(1);
      expectWhole(synced);
    }
  });

  it('is sent by the next run on the same spool folder', async () => {
    const training = train('killed', door.url);
    await training.line(/synced \d+/);
    door.fate = () => ({ status: 503 });
    await training.line(/synced [1-9]\d{4}/);
    training.kill('SIGKILL');
    await training.ended;
    door.fate = () => 'take';
    const [, killed = ''] = /run \S+ (\S+)/.exec(training.output()) ?? [];
    const run = await startRun({ url: door.url, spool, experiment: 'digits', ...quiet });
    await eventually(() => (readdirSync(spool).every((name) => name.startsWith(run.writer)) ? true : undefined));
    await run.finish();
    const points = door.batches('metrics', killed).reduce((sum, b) => sum + b.points, 0);
    expect(points).toBeGreaterThanOrEqual(lastSynced(training));
    const closed = door.events().filter(({ data }) => data['writer'] === killed && data['topic'] === 'metrics');
    expect(closed.map(({ data }) => data['points'])).toEqual([points]);
  });

  it('is on the disk even when the training never gave the event loop a turn', async () => {
    const training = train('blocked');
    await training.line(/run \S+/);
    await eventually(() => spooledBytes() > 300_000);
    training.kill('SIGKILL');
    await training.ended;
    await recover();
    expectWhole(10_000);
  });

  it('goes to one of several recoveries only, and the others lose nothing by it', async () => {
    const training = train('killed', `http://127.0.0.1:${await freePort()}`);
    await training.line(/synced [1-9]\d{3}/);
    training.kill('SIGKILL');
    await training.ended;
    const all = await Promise.all([1, 2, 3].map(() => recover({ otherServers: true })));
    expect(all.flatMap(({ recovered }) => recovered)).toHaveLength(1);
    expectWhole(lastSynced(training));
  });

  it('is given back when the time was too short, and sent the next time', async () => {
    const training = train('killed', door.url);
    door.fate = (batch) => (batch.startsWith('commands') ? 'take' : { status: 503 });
    await training.line(/synced [1-9]\d{3}/);
    training.kill('SIGKILL');
    await training.ended;
    const short = await recover({ timeoutMs: 200 });
    expect(short.leftAlone.map(({ why }) => why)).toEqual(['waiting']);
    door.fate = () => 'take';
    expect((await recover()).recovered).toHaveLength(1);
    expectWhole(lastSynced(training));
  });

  it('stays where it is when it is for another server or of another host, until that is asked for', async () => {
    const training = train('killed');
    await training.line(/synced \d+/);
    training.kill('SIGKILL');
    await training.ended;
    const [name = ''] = readdirSync(spool);
    const { host } = thisProcess();
    renameSync(join(spool, name), join(spool, name.replace(`~${host}~`, '~elsewhere~')));
    mkdirSync(join(spool, 'a-stranger'));
    expect((await recover()).leftAlone).toMatchObject([{ why: 'other-host' }]);
    expect(
      (await recoverSpool(spool, { url: 'http://127.0.0.1:1', ...quiet, otherHosts: true })).leftAlone,
    ).toMatchObject([{ why: 'other-server' }]);
    expect((await recover({ otherHosts: true })).recovered).toHaveLength(1);
    expectWhole(lastSynced(training));
    expect(readdirSync(spool)).toEqual(['a-stranger']);
  });
});

describe('a process that ends', () => {
  it.each([
    ['runs-out', 0],
    ['exits', 3],
    ['throws', 1],
  ])('by itself (%s) leaves nothing behind that log() took', async (how, code) => {
    const training = train(how);
    expect(await training.ended).toBe(code);
    await recover();
    expect(door.points()).toEqual(expected(200));
    expect(door.events().some(({ type }) => type === 'run.finished')).toBe(false);
  });

  it.each(['runs-out', 'finishes'])('does not hang when the server is away (%s)', async (how) => {
    const begun = performance.now();
    const training = train(how, `http://127.0.0.1:${await freePort()}`);
    expect(await training.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(15_000);
    if (how === 'finishes') expect(training.output()).toMatch(/finish {"delivered":false,"points":200/);
    await recover({ otherServers: true });
    expect(door.points()).toEqual(expected(200));
    if (how === 'finishes') expect([...door.artifacts.values()].map(({ length }) => length)).toEqual([10_000]);
  });

  it('does not hang when the server takes connections and never answers', async () => {
    door.fate = (batch) => (batch.startsWith('commands') ? 'take' : 'hang');
    const begun = performance.now();
    const training = train('finishes');
    await training.line(/finish /);
    const { leftAlone } = await recover({ timeoutMs: 1 });
    expect(leftAlone).toHaveLength(1);
    training.kill('SIGTERM');
    await training.ended;
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('on SIGTERM is marked as killed, when it asked for that, and dies of the signal', async () => {
    const training = train('signal');
    await training.line(/synced \d+/);
    training.kill('SIGTERM');
    expect(await training.ended).toBe('SIGTERM');
    const finished = door.events().find(({ type }) => type === 'run.finished');
    expect(finished?.data).toEqual({ outcome: 'killed', message: 'SIGTERM' });
    expectWhole(lastSynced(training));
    expect(readdirSync(spool)).toEqual([]);
  });
});
