import path from 'node:path';
import { AcknowledgedStream, checkAcknowledged, eventually, temporaryFolder } from '@runledger/testkit';
import { type Server, startServer } from './server';

export type Kills = Readonly<{
  kills: number;
  acknowledged: number;
  points: number;
  lost: number;
  shownTwice: number;
  torn: number;
}>;

/** Kills the server with -9 while clients stream, and holds what it shows against what they were promised. */
export async function measureKills(kills: number): Promise<Kills> {
  const folder = temporaryFolder('kills');
  const data = path.join(folder.path, 'data');
  let server: Server = await startServer(data);
  const options = { url: () => server.url, key: server.key, file: path.join(folder.path, 'acknowledged'), writers: 16 };
  const stream = new AcknowledgedStream(options);
  stream.start();
  for (let kill = 0; kill < kills; kill++) {
    const enough = stream.acknowledged + 200 + ((kill * 97) % 300);
    await eventually(() => (stream.acknowledged >= enough ? true : undefined), 60_000, 5);
    await server.kill();
    server = await startServer(data);
  }
  const { acknowledged } = await stream.stop();
  const found = await checkAcknowledged(options);
  await server.stop();
  folder.remove();
  const { points, lost, duplicates, torn } = found;
  return { kills, acknowledged, points, lost: lost.length, shownTwice: duplicates.length, torn: torn.length };
}
