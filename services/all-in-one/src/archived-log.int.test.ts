import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type S3Server, startKafka, startS3, temporaryFolder } from '@runledger/testkit';
import { openArchiveScene, type Place, type Scene } from '../test/archive-scene';

/** Files of an archive, past the code under test. */
type Store = Readonly<{
  get(digest: string): Promise<Buffer>;
  put(digest: string, bytes: Buffer): Promise<void>;
  remove(digest: string): Promise<void>;
}>;
type World = Readonly<{ place: Place; store: Store; end(): Promise<void> }>;

const keyOf = (digest: string): string => `sha256/${digest.slice(0, 2)}/${digest.slice(2)}`;

async function inFolder(): Promise<World> {
  const folder = temporaryFolder('archive-files');
  const pathOf = (digest: string): string => `${folder.path}/${keyOf(digest)}`;
  const archive = { RUNLEDGER_ARCHIVE: folder.path, RUNLEDGER_S3_REGION: undefined, RUNLEDGER_S3_ENDPOINT: undefined };
  return {
    place: { log: { kind: 'postgres', brokers: undefined }, archive },
    store: {
      get: async (digest) => readFileSync(pathOf(digest)),
      put: async (digest, bytes) => {
        try {
          chmodSync(pathOf(digest), 0o640);
        } catch {
          // it is not there
        }
        writeFileSync(pathOf(digest), bytes);
      },
      remove: async (digest) => renameSync(pathOf(digest), `${folder.path}/gone`),
    },
    end: async () => folder.remove(),
  };
}

async function inBucket(): Promise<World> {
  const s3: S3Server = await startS3();
  await s3.makeBucket('archive');
  const kafka = await startKafka();
  const { region, url, credentials } = s3;
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  const at = (digest: string) => ({ Bucket: 'archive', Key: `log/${keyOf(digest)}` });
  const archive = { RUNLEDGER_ARCHIVE: 's3://archive/log', RUNLEDGER_S3_REGION: region, RUNLEDGER_S3_ENDPOINT: url };
  return {
    place: { log: { kind: 'kafka', brokers: kafka.brokers }, archive },
    store: {
      get: async (digest) => {
        const { Body } = await s3.client.send(new GetObjectCommand(at(digest)));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      },
      put: async (digest, Body) => void (await s3.client.send(new PutObjectCommand({ ...at(digest), Body }))),
      remove: async (digest) => void (await s3.client.send(new DeleteObjectCommand(at(digest)))),
    },
    end: async () => {
      await kafka.stop();
      await s3.stop();
    },
  };
}

const RUNS = ['r1', 'r2', 'r3', 'r4'];
const NOW = '2026-01-02T03:04:05.678Z';

async function record({ post }: Scene, part: number): Promise<void> {
  for (const run of RUNS) {
    const events = [
      ...(part === 0 ? [{ type: 'run.started', data: { experiment: '0', startedAt: NOW } }] : []),
      { type: 'params.logged', data: { params: [{ key: `p${part}`, value: 0.1 }] } },
      { type: 'tags.set', data: { tags: [{ key: 'team', value: `t${part}` }] } },
      {
        type: 'console.written',
        data: { stream: 'stdout', firstLine: part, lines: [{ time: NOW, text: `part ${part}` }] },
      },
    ];
    await post('api/v1/events', { events: events.map((event) => ({ subject: `run/${run}`, ...event })) });
    const steps = Array.from({ length: 200 }, (_, i) => part * 200 + i);
    const series = [{ key: 'loss', steps, values: steps.map((step) => (step === 7 ? 'NaN' : step / 8)) }];
    await post('api/v1/metrics', { run, series });
  }
  await post('api/v1/commands/create-experiment', { id: `c${part}`, project: 'default', name: `e${part}` });
}

describe.each([
  ['a folder, of a log on Postgres', inFolder],
  ['a bucket, of a log on Kafka', inBucket],
] as const)('an archive in %s', (_, begin) => {
  let world: World;
  let scene: Scene;
  let rows: Record<string, string[]>;
  const folder = temporaryFolder('bundles');
  beforeAll(async () => {
    world = await begin();
    scene = await openArchiveScene(world.place);
    await record(scene, 0);
    await record(scene, 1);
    await scene.settled();
    rows = await scene.rows();
  }, 180_000);
  afterAll(async () => {
    await scene?.close();
    await world?.end();
    folder.remove();
  });

  type Range = {
    topic: string;
    partition: number;
    first: number;
    next: number;
    digest: string;
    previous: string | null;
  };
  const ranges = (where = 'true'): Promise<Range[]> =>
    scene.source.query(
      `select topic, partition, first::int as first, next::int as next, digest, previous from custody.log_archive where ${where} order by 1, 2, 3`,
    );
  const last = async (path: string, body?: object) => (await scene.lines(path, body)).at(-1);
  const rebuildAll = async (): Promise<void> => {
    for (const projection of ['metadata', 'console', 'series'])
      expect(await last('api/v1/rebuild', { projection })).toMatchObject({ kind: 'progress', stage: 'done' });
  };
  async function bundle(): Promise<string> {
    const answer = await scene.get('api/v1/evidence?run=r2');
    expect(answer.status).toBe(200);
    const path = `${folder.path}/bundle.tar`;
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  }
  const verifierKey = async () => parseVerifierKey((await (await scene.get('log/default/vkey')).text()).trim());

  it('takes all that is old, and the log has nothing of it any more', async () => {
    const lines = await scene.lines('api/v1/archive');
    const written = await ranges();
    expect(lines.at(-1)).toMatchObject({ kind: 'result', ranges: written.length });
    expect(lines.filter(({ kind }) => kind === 'archived')).toHaveLength(written.length);
    expect(lines.filter(({ kind }) => kind === 'held')).toEqual([]);
    const ends = await scene.ends();
    for (const { topic, partition, offset } of ends.filter((end) => end.offset > 0)) {
      const own = written.filter((range) => range.topic === topic && range.partition === partition);
      expect([topic, own[0]?.first, own.at(-1)?.next]).toEqual([topic, 0, offset]);
    }
    const { partitions } = (await (await scene.get('api/v1/archive')).json()) as {
      partitions: Array<{ archivedTo: number; droppedTo: number; verifiedAt: string | null }>;
    };
    expect(partitions.length).toBeGreaterThan(8);
    for (const { archivedTo, droppedTo, verifiedAt } of partitions)
      expect([droppedTo, verifiedAt]).toEqual([archivedTo, expect.any(String)]);
    expect(await last('api/v1/archive')).toEqual({ kind: 'result', ranges: 0, bytes: 0, dropped: 0 });
  }, 120_000);

  it('gives every projection its rows again, and checks find nothing', async () => {
    expect(await scene.rows()).toEqual(rows);
    await rebuildAll();
    expect(await scene.rows()).toEqual(rows);
    expect(await last('api/v1/check', {})).toMatchObject({ kind: 'result', differences: 0 });
    const leaves = await last('api/v1/ledger/check', {});
    expect(leaves).toMatchObject({ kind: 'result', differences: 0 });
    expect(leaves?.['records']).toBeGreaterThan(20);
    const verified = await last('api/v1/archive/verify', {});
    expect(verified).toMatchObject({ kind: 'result', differences: 0, compared: (await ranges()).length });
  }, 180_000);

  it('still has the evidence of a run and the proof of a point', async () => {
    const { manifest } = await verifyBundle(await bundle(), [await verifierKey()]);
    expect(manifest).toMatchObject({ points: 400, scope: { kind: 'run', run: 'r2' } });
    const proof = await eventually(async () => {
      const answer = await scene.get('api/v1/proofs/point?run=r2&key=loss&step=399');
      return answer.status === 200 ? ((await answer.json()) as { points: Array<{ value: number }> }) : undefined;
    }, 20_000);
    expect(proof.points).toMatchObject([{ value: 399 / 8 }]);
  }, 60_000);

  it('goes on with what comes later, which is read with it', async () => {
    await record(scene, 2);
    await scene.settled();
    rows = await scene.rows();
    await rebuildAll(); // half of it from the archive, half from the log
    expect(await scene.rows()).toEqual(rows);
    expect(await last('api/v1/check', {})).toMatchObject({ kind: 'result', differences: 0 });
    const before = (await ranges()).length;
    expect(await last('api/v1/archive')).toMatchObject({ kind: 'result', ranges: expect.any(Number) });
    expect((await ranges()).length).toBeGreaterThan(before);
    for (const { first, previous, topic, partition } of await ranges('first > 0')) {
      const [prior] = await ranges(`next = ${first} and topic = '${topic}' and partition = ${partition}`);
      expect(previous).toBe(prior?.digest);
    }
    await scene.restart();
    await scene.settled();
    await rebuildAll();
    expect(await scene.rows()).toEqual(rows);
  }, 180_000);

  if (begin === inFolder)
    describe('holds messages in the log that are old enough to leave it', () => {
      let part = 2;
      const undropped = () => ranges('dropped_at is null');
      /** Archives all there is. Answers who holds some of it in the log, and how the run ended. */
      async function archive(): Promise<Readonly<{ by: unknown[]; end: object | undefined }>> {
        const lines = await scene.lines('api/v1/archive');
        const by = lines.flatMap((line) => (line.kind === 'held' ? [line['by']] : []));
        return { by: [...new Set(by)].sort(), end: lines.at(-1) };
      }
      async function expectFree(): Promise<void> {
        expect(await archive()).toMatchObject({ by: [], end: { kind: 'result' } });
        expect(await undropped()).toEqual([]);
        expect(await last('api/v1/check', {})).toMatchObject({ kind: 'result', differences: 0 });
      }

      it.each([
        [
          'a projector that lags',
          { projector: false },
          ['metadata', 'series', 'console'],
          ['console', 'metadata', 'series'],
        ],
        ['a notary that lags', { notary: false }, ['notary'], ['notary']],
      ] as const)(
        'behind %s, until it has gone on',
        async (_who, without, still, by) => {
          await scene.restart(without);
          await record(scene, ++part);
          await scene.settled(still);
          expect(await archive()).toMatchObject({ by, end: { kind: 'result', dropped: expect.any(Number) } });
          expect((await undropped()).length).toBeGreaterThan(0);
          await scene.restart();
          await scene.settled();
          await expectFree();
        },
        120_000,
      );

      it('behind a courier that is not started any more, until it is', async () => {
        await scene.restart({ courier: true });
        await eventually(async () => {
          const rows: unknown[] = await scene.source.query(`select from custody.lease where group_name = 'courier'`);
          return rows.length > 0 ? true : undefined;
        }, 20_000);
        await scene.restart();
        await record(scene, ++part);
        await scene.settled();
        expect((await archive()).by).toEqual(['courier']);
        expect((await undropped()).length).toBeGreaterThan(0);
        await scene.restart({ courier: true });
        await eventually(async () => ((await archive()).by.length === 0 ? true : undefined), 30_000, 1_000);
        await expectFree();
        await scene.source.query(`delete from custody.lease where group_name = 'courier'`);
      }, 120_000);

      it('whose file is not whole when they are to leave, until it is', async () => {
        await scene.restart({ dropMs: 3_600_000 });
        await record(scene, ++part);
        await scene.settled();
        // Too young, which nobody has to be told.
        expect(await archive()).toMatchObject({ by: [], end: { kind: 'result', dropped: 0 } });
        const [range] = await undropped();
        if (range === undefined) throw new Error('nothing is archived');
        const whole = await world.store.get(range.digest);
        await world.store.put(range.digest, whole.subarray(0, -1));
        await scene.restart();
        const { end } = await archive();
        expect(end).toMatchObject({ kind: 'failed', message: expect.stringContaining(`sha256:${range.digest}`) });
        expect((await undropped()).map(({ digest }) => digest)).toContain(range.digest);
        expect(await last('api/v1/rebuild', { projection: 'metadata' })).toMatchObject({ stage: 'done' });
        await world.store.put(range.digest, whole);
        await expectFree();
      }, 120_000);

      it('before the ledger has signed for them, until it has', async () => {
        await record(scene, ++part);
        await scene.settled();
        await scene.restart({ notary: false });
        // As a notary leaves it that was killed between placing leaves and signing for them.
        await scene.source.query('update custody.ledger_log set published = published - 1');
        expect(await archive()).toMatchObject({
          by: ['the next checkpoint of the ledger'],
          end: { kind: 'result', dropped: 0 },
        });
        expect((await undropped()).length).toBeGreaterThan(0);
        await scene.source.query('update custody.ledger_log set published = published + 1');
        await scene.restart();
        await expectFree();
        rows = await scene.rows();
      }, 120_000);
    });

  it('can be read by its files alone: each names the one before, and is named by its bytes', async () => {
    for (const { topic, partition, first, next, digest, previous } of await ranges()) {
      const bytes = await world.store.get(digest);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
      const [magic, header = ''] = gunzipSync(bytes).toString('latin1').split('\n', 2);
      expect(magic).toBe('runledger.archive/1');
      expect(JSON.parse(header)).toMatchObject({ topic, partition, first, next, previous });
    }
  });

  it.each([
    ['flipped', 'metrics'],
    ['cut', 'runs'],
    ['missing', 'metrics'],
    ['swapped', 'runs'],
  ] as const)(
    'in which a file is %s is found out, by name',
    async (how, of) => {
      const files = await ranges(`topic = 'runledger.${of}.v1'`);
      const { topic, partition, first, next, digest } = files.at(-1) as Range;
      const whole = await world.store.get(digest);
      const flipped = Buffer.from(whole);
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 0x10;
      const other = await world.store.get(files.find((file) => file.digest !== digest)?.digest ?? '');
      if (how === 'missing') await world.store.remove(digest);
      else await world.store.put(digest, { flipped, cut: whole.subarray(0, -1), swapped: other }[how]);
      await scene.restart();
      const code = how === 'missing' ? 'ARCHIVE_MISSING' : 'ARCHIVE_ALTERED';
      const named = expect.stringMatching(
        new RegExp(`offsets ${first} to ${next - 1} of ${topic}/${partition}.*${code}`),
      );
      const finds = async (path: string): Promise<void> => {
        const lines = await scene.lines(path, {});
        expect([path, lines.find(({ kind }) => kind === 'difference')]).toEqual([
          path,
          expect.objectContaining({ unexpected: [named] }),
        ]);
        expect(lines.at(-1)).toMatchObject({ kind: 'result' });
      };
      await finds('api/v1/archive/verify');
      await finds('api/v1/check');
      await finds('api/v1/ledger/check');
      const projection = topic === 'runledger.metrics.v1' ? 'series' : 'metadata';
      expect(await last('api/v1/rebuild', { projection })).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(code),
      });
      expect(await scene.rows()).toEqual(rows);
      await world.store.put(digest, whole);
      expect(await last('api/v1/archive/verify', {})).toMatchObject({ differences: 0 });
    },
    180_000,
  );
});
