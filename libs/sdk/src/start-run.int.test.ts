import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { DoorStub } from '../test/door-stub';
import type { Problem } from './problem';
import type { Run } from './run';
import { type RunOptions, recoverSpool, startRun } from './start-run';

let temporary: TemporaryFolder;
let door: DoorStub;
let problems: Problem[];
let nth = 0;
let spool = '';

beforeAll(() => {
  temporary = temporaryFolder('sdk');
});
afterAll(() => temporary.remove());
beforeEach(async () => {
  door = await new DoorStub().listen();
  problems = [];
  spool = join(temporary.path, `spool-${nth++}`);
});
afterEach(() => door.close());

const start = (more: Partial<RunOptions> = {}): Promise<Run> =>
  startRun({
    url: door.url,
    apiKey: 'secret',
    experiment: 'digits',
    spool,
    env: {},
    maxAgeMs: 20,
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
const codes = (): string[] => problems.map(({ code }) => code);
const logSteps = (run: Run, from: number, to: number): void => {
  for (let step = from; step < to; step++) run.log({ loss: 1 / (step + 1), accuracy: step }, { step });
};
const expectedPoints = (to: number): string[] =>
  Array.from({ length: to }, (_, step) => [`loss ${step} ${1 / (step + 1)}`, `accuracy ${step} ${step}`]).flat();
/** Every attempt of a batch had the same bytes, and came only after the batch before it had its answer. */
function expectCleanAttempts(): void {
  const bytes = new Map<string, string>();
  const open = new Map<string, string>();
  for (const { batch, digest, path } of door.seen) {
    if (path !== 'metrics' && path !== 'events') continue;
    expect(bytes.get(batch) ?? digest).toBe(digest);
    bytes.set(batch, digest);
    const lane = batch.slice(0, batch.lastIndexOf('/'));
    const before = open.get(lane);
    if (before !== undefined && before !== batch)
      expect(Number(batch.split('/')[2])).toBe(Number(before.split('/')[2]) + 1);
    open.set(lane, batch);
  }
  expect(door.conflicts).toEqual([]);
}

describe('a run', () => {
  it('brings everything to the server, in order, and leaves an empty spool', async () => {
    const run = await start({ name: 'first', params: { lr: 0.1, big: Number.NaN }, tags: { team: 'a' } });
    logSteps(run, 0, 1_000);
    run.inputs([{ name: 'digits', digest: 'sha256:x', context: 'train' }]);
    run.code(undefined);
    run.environment({ host: 'h' });
    run.update({ description: 'd' });
    run.console('stdout', 'one\ntwo\n');
    run.console('stdout', 'three');
    run.deleteTags(['gone']);
    const finish = await run.finish();
    expect(finish).toEqual({ delivered: true, points: 2_000, waiting: 0, refused: 0 });
    expect(door.points()).toEqual(expectedPoints(1_000));
    const events = door.events();
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'params.logged',
      'tags.set',
      'inputs.used',
      'environment.recorded',
      'run.updated',
      'tags.deleted',
      'run.finished',
      'writer.closed',
      'writer.closed',
      'writer.closed',
    ]);
    expect(events[0]?.data).toMatchObject({ experiment: 'exp-1', project: 'default', name: 'first' });
    expect(events[1]?.data).toEqual({
      params: [
        { key: 'lr', value: 0.1 },
        { key: 'big', value: 'NaN' },
      ],
    });
    expect(events[7]?.data).toEqual({ outcome: 'finished' });
    const lines = door.events('console').flatMap(({ data }) => data['lines'] as Array<{ text: string }>);
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(new Set(door.seen.map(({ key }) => key))).toEqual(new Set(['Bearer secret']));
    const receipt = await run.receipt();
    expect(receipt.map(({ topic, missing }) => [topic, missing])).toEqual([
      ['runs', 0],
      ['metrics', 0],
      ['console', 0],
    ]);
    expect(receipt[1]).toMatchObject({
      sentPoints: 2_000,
      stored: door.batches('metrics').length,
      points: 2_000,
    });
    expect(readdirSync(spool)).toEqual([]);
    expect(codes()).toEqual([]);
    expectCleanAttempts();
  });

  it('stores every batch exactly once through 429, 503, 500, cut connections and time-outs', async () => {
    const troubles = [
      { status: 503, retryAfter: '0' },
      'cut',
      { status: 429 },
      'drop',
      { status: 500 },
      'hang',
    ] as const;
    door.fate = (batch, attempt) =>
      attempt < 2 && !batch.startsWith('commands')
        ? (troubles[(batch.length + Number(batch.split('/')[2]) * 2 + attempt) % 6] ?? 'take')
        : 'take';
    const run = await start({ requestTimeoutMs: 300, maxPoints: 100 });
    logSteps(run, 0, 400);
    const finish = await run.finish('finished', { timeoutMs: 50_000 });
    expect(finish).toMatchObject({ delivered: true, points: 800 });
    expect(door.points()).toEqual(expectedPoints(400));
    expect(door.batches('metrics').map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(door.seen.length).toBeGreaterThan(2 * door.stored.size);
    expectCleanAttempts();
  });

  it('says that it ended when everything else is with the server, so that nothing of it is late', async () => {
    door.fate = (batch, attempt) =>
      attempt === 0 && /metrics|artifacts|console/.test(batch) ? { status: 503 } : 'take';
    const run = await start();
    run.log({ loss: 1 });
    run.console('stderr', 'a warning');
    await run.artifact('model', { text: 'm' });
    expect(await run.finish()).toMatchObject({ delivered: true });
    const taken = door.seen
      .filter(({ fate }) => fate === 'take')
      .map(({ path, batch }) => (path === 'events' ? batch : path));
    expect(taken.at(-1)).toMatch(/^runs\//);
    expect(taken.slice(0, -1)).toEqual(
      expect.arrayContaining(['metrics', expect.stringContaining('artifacts/model')]) as string[],
    );
  });

  it('waits as long as Retry-After asks, even when it is in a hurry', async () => {
    door.fate = (batch, attempt) =>
      batch.startsWith('metrics') && attempt === 0 ? { status: 503, retryAfter: '1' } : 'take';
    const run = await start();
    run.log({ loss: 1 });
    expect((await run.finish()).delivered).toBe(true);
    const [first, second] = door.seen.filter(({ path }) => path === 'metrics');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('sets aside what the server refuses for ever, says so once, and goes on', async () => {
    door.fate = (batch) => (/^metrics.*\/[13]$/.test(batch) ? { status: 400 } : 'take');
    const run = await start({ maxPoints: 10 });
    logSteps(run, 0, 30);
    const finish = await run.finish();
    expect(finish).toEqual({ delivered: true, points: 60, waiting: 0, refused: 2 });
    expect(codes()).toEqual(['SDK_REFUSED']);
    expect(problems[0]?.message).toContain('400 STUB_TOLD_TO: as the test wants it');
    const [file = ''] = readdirSync(join(spool, 'refused'));
    const lines = readFileSync(join(spool, 'refused', file), 'utf8')
      .trimEnd()
      .split('\n');
    const refused = lines.map((line) => JSON.parse(line) as { sequence: number; body: string; status: number });
    expect(refused.map(({ sequence, status }) => [sequence, status])).toEqual([
      [1, 400],
      [3, 400],
    ]);
    const sent = door.seen.filter(({ fate }) => typeof fate === 'object').map(({ digest }) => digest);
    expect(refused.map(({ body }) => createHash('sha256').update(Buffer.from(body, 'base64')).digest('hex'))).toEqual(
      sent,
    );
    const receipt = await run.receipt();
    expect(receipt.find(({ topic }) => topic === 'metrics')).toMatchObject({
      sent: 6,
      stored: 4,
      missing: 2,
    });
  });

  it('keeps everything when the key stops being good, and sends it once it is good again', async () => {
    let good = true;
    door.fate = () => (good ? 'take' : { status: 401 });
    const run = await start();
    good = false;
    logSteps(run, 0, 10);
    expect(await run.flush({ timeoutMs: 300 })).toBe(false);
    expect(codes()).toEqual(['SDK_HELD']);
    good = true;
    expect((await run.finish()).delivered).toBe(true);
    expect(door.points()).toEqual(expectedPoints(10));
    expect(codes()).toEqual(['SDK_HELD', 'SDK_SERVER_BACK']);
  });

  it('begins without a server, never waits for it, and is sent when one comes up', async () => {
    const port = await freePort();
    const run = await start({ url: `http://127.0.0.1:${port}`, connectTimeoutMs: 300 });
    expect(codes()).toEqual(['SDK_SERVER_AWAY']);
    const begun = performance.now();
    logSteps(run, 0, 20_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
    const late = await new DoorStub().listen(port);
    expect(await run.finish('failed', { timeoutMs: 40_000, message: 'diverged' })).toMatchObject({ delivered: true });
    expect(late.points()).toEqual(expectedPoints(20_000));
    const events = late.events();
    expect(events[0]).toMatchObject({ type: 'run.started', data: { experiment: 'exp-1' } });
    expect(events.find(({ type }) => type === 'run.finished')?.data).toEqual({
      outcome: 'failed',
      message: 'diverged',
    });
    await late.close();
  });

  it('finds an experiment that exists by its name, and refuses to begin with a bad key', async () => {
    door.experiments.set('digits', 'exp-old');
    const run = await start();
    await run.finish();
    expect(door.events()[0]?.data).toMatchObject({ experiment: 'exp-old' });
    door.fate = () => ({ status: 401 });
    await expect(start()).rejects.toMatchObject({ kind: 'unauthenticated', code: 'SDK_START_REFUSED' });
    expect(readdirSync(spool)).toEqual([]);
  });

  it('gives up waiting at finish in time, and the next run on the spool sends what is left', async () => {
    const first = await start();
    door.fate = () => ({ status: 503 });
    logSteps(first, 0, 100);
    const finish = await first.finish('finished', { timeoutMs: 200 });
    expect(finish).toMatchObject({ delivered: false, points: 200 });
    expect(finish.waiting).toBeGreaterThan(0);
    expect(codes()).toContain('SDK_UNDELIVERED');
    // Its process lives, so it goes on by itself.
    door.fate = () => 'take';
    await eventually(() => (door.points().length === 200 ? true : undefined));
    await eventually(() => (readdirSync(spool).length === 0 ? true : undefined));
  });

  it('takes files and bytes as they are now, and sends them whole', async () => {
    const file = join(temporary.path, 'weights.bin');
    writeFileSync(file, Buffer.alloc(300_000, 7));
    door.fate = (batch, attempt) => (batch.includes('weights') && attempt === 0 ? 'cut' : 'take');
    const run = await start();
    const staged = await run.artifact('model/weights.bin', file);
    writeFileSync(file, 'changed afterwards');
    await run.artifact('notes & more/läs mig.txt', { text: 'hej' });
    await run.artifact('empty', new Uint8Array(0));
    expect(await run.finish()).toMatchObject({ delivered: true, refused: 0 });
    expect(staged).toEqual({
      digest: `sha256:${createHash('sha256').update(Buffer.alloc(300_000, 7)).digest('hex')}`,
      size: 300_000,
    });
    const at = (path: string): string => `runs/${run.id}/artifacts/${path}`;
    expect(door.artifacts.get(at('model/weights.bin'))?.equals(Buffer.alloc(300_000, 7))).toBe(true);
    expect(door.artifacts.get(at('notes%20%26%20more/l%C3%A4s%20mig.txt'))?.toString()).toBe('hej');
    expect(door.artifacts.get(at('empty'))?.length).toBe(0);
    await expect((await start()).artifact('../etc/passwd', { text: '' })).rejects.toMatchObject({
      code: 'SDK_BAD_ARTIFACT',
    });
  });

  it('throws when the spool is full, drops nothing, and takes data again when there is room', async () => {
    const run = await start({ spoolLimitBytes: 20_000, maxPoints: 100 });
    door.fate = () => ({ status: 503 });
    let taken = 0;
    const fill = (): void => {
      for (; taken < 100_000; taken++) run.log({ loss: taken }, { step: taken });
    };
    expect(fill).toThrow(expect.objectContaining({ kind: 'full', code: 'SDK_SPOOL_FULL' }) as Error);
    expect(taken).toBeGreaterThan(500);
    expect(taken).toBeLessThan(3_000);
    door.fate = () => 'take';
    expect(await run.flush({ timeoutMs: 20_000 }).catch((error: unknown) => error)).toMatchObject({
      code: 'SDK_SPOOL_FULL',
    });
    // What throws has taken nothing, so it may be tried until there is room.
    await eventually(() => {
      run.log({ loss: taken }, { step: taken });
      return true;
    });
    expect((await run.finish()).points).toBe(taken + 1);
    expect(door.points()).toEqual(Array.from({ length: taken + 1 }, (_, i) => `loss ${i} ${i}`));
  });

  it('takes nothing of a call with a bad metric, and nothing after its finish', async () => {
    const run = await start();
    expect(() => run.log({ good: 1, 'b\u0000d': 2 })).toThrow(/cannot be a metric's name/);
    expect(() => run.log({ good: 1 }, { step: 0.5 })).toThrow(/no 64-bit integer/);
    expect(() => run.params({ [`${'x'.repeat(300)}`]: 1 })).toThrow(
      expect.objectContaining({ code: 'SDK_BAD_FACT' }) as Error,
    );
    run.log({ good: 3 });
    run.log({ good: 4 });
    await run.finish();
    expect(door.points()).toEqual(['good 0 3', 'good 1 4']);
    expect(() => run.log({ late: 1 })).toThrow(expect.objectContaining({ code: 'SDK_RUN_FINISHED' }) as Error);
  });

  it('leaves the spool of a live run alone', async () => {
    const run = await start();
    const recovery = await recoverSpool(spool, { url: door.url, env: {} });
    expect(recovery).toEqual({ recovered: [], leftAlone: [{ writer: run.writer, why: 'live' }] });
    await run.finish();
    expect(existsSync(spool)).toBe(true);
  });
});
