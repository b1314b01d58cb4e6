import {
  AcknowledgedStream,
  checkAcknowledged,
  eventually,
  type TemporaryFolder,
  temporaryFolder,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const KILLS = Math.max(5, Math.round(20 * Number(process.env['LONG_SCALE'] ?? 0)));

describe('the all-in-one, killed with -9 again and again while clients stream', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;

  beforeAll(async () => {
    folder = temporaryFolder('kill');
    server = await startAllInOne(`${folder.path}/data`);
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  it('loses nothing that it acknowledged, and shows nothing twice', async () => {
    const options = {
      url: () => server.url,
      key: server.key,
      file: `${folder.path}/acknowledged`,
      writers: 8,
      pauseMs: 5,
    };
    const stream = new AcknowledgedStream(options);
    stream.start();
    for (let kill = 0; kill < KILLS; kill++) {
      // By progress, not by the clock: each time in the middle of a stream, at another place of it.
      const enough = stream.acknowledged + 30 + ((kill * 37) % 50);
      await eventually(() => (stream.acknowledged >= enough ? true : undefined), 60_000, 5);
      server.process.kill('SIGKILL');
      await server.process.ended;
      server = await startAllInOne(`${folder.path}/data`);
    }
    const end = await stream.stop();
    expect(end.refused).toEqual([]);
    expect(end.acknowledged).toBeGreaterThan(30 * KILLS);
    const found = await checkAcknowledged(options);
    expect(found).toEqual({ points: found.points, lost: [], duplicates: [], torn: [] });
    expect(found.points).toBeGreaterThan(0);
    process.stdout.write(
      `killed ${KILLS} times: ${end.acknowledged} acknowledged, ${end.retries} sent again, ${found.points} points, lost 0, twice 0\n`,
    );
  }, 600_000);
});
