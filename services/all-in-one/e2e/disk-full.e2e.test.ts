import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AcknowledgedStream,
  checkAcknowledged,
  eventually,
  type TemporaryFolder,
  temporaryFolder,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const DISK = '500m';
const LEFT_MB = 6;

/** Needs the right to mount: a small disk of its own is the only honest full one. */
describe('the all-in-one on a full disk', () => {
  let folder: TemporaryFolder;
  let data: string;
  let server: AllInOne;

  beforeAll(async () => {
    folder = temporaryFolder('full');
    data = `${folder.path}/data`;
    mkdirSync(data);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'tmpfs', data]);
    server = await startAllInOne(data);
  });
  afterAll(async () => {
    await server.process.stop();
    execFileSync('umount', ['-l', data]);
    folder.remove();
  });

  it('answers with clear errors, tears nothing, and goes on when there is room again', async () => {
    const options = {
      url: () => server.url,
      key: server.key,
      file: `${folder.path}/acknowledged`,
      writers: 4,
      pointsPerBatch: 2_000,
    };
    const stream = new AcknowledgedStream(options);
    stream.start();
    await eventually(() => (stream.acknowledged > 20 ? true : undefined));
    const free = statfsSync(data);
    const fill = Math.floor((free.bavail * free.bsize) / 2 ** 20) - LEFT_MB;
    execFileSync('fallocate', ['-l', `${fill}M`, `${data}/filler`]);
    await sleep(10_000);
    const atFull = stream.acknowledged;
    await sleep(2_000);
    expect(stream.acknowledged - atFull).toBeLessThan(5); // it is full
    rmSync(`${data}/filler`);
    // Postgres may have had to give up; then the process ended with a message, and is started again by whoever runs it.
    const ended = await Promise.race([server.process.ended, sleep(8_000)]);
    if (ended !== undefined) server = await startAllInOne(data);
    await eventually(() => (stream.acknowledged > atFull + 20 ? true : undefined), 60_000);

    const end = await stream.stop();
    expect(end.refused).toEqual([]);
    expect(end.statuses[500]).toBeUndefined();
    expect((end.statuses[507] ?? 0) + (end.statuses[503] ?? 0) + (end.statuses[429] ?? 0)).toBeGreaterThan(0);
    const found = await checkAcknowledged({ ...options, url: () => server.url });
    expect(found).toEqual({ points: found.points, lost: [], duplicates: [], torn: [] });
    process.stdout.write(`full disk: ${JSON.stringify(end.statuses)}, ended: ${String(ended)}\n`);
  }, 240_000);
});
