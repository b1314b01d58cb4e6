import { spawnProgram, temporaryFolder } from '@runledger/testkit';
import { startAllInOne } from './all-in-one-process';

it('every page is drawn in both themes, without a complaint of the browser or a broken rule of accessibility', async () => {
  const folder = temporaryFolder('pages');
  const server = await startAllInOne(`${folder.path}/data`);
  try {
    const env = { RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
    const demo = spawnProgram('npm', ['run', 'demo'], { env });
    expect([await demo.ended, demo.output()]).toEqual([0, expect.any(String)]);
    const screens = spawnProgram('node', ['infra/screens/screens.mjs'], { env });
    const code = await screens.ended;
    expect([code, screens.output()]).toEqual([
      0,
      expect.stringMatching(/^(6\d|[7-9]\d|\d{3}) pictures, 0 complaints$/m),
    ]);
  } finally {
    await server.process.stop();
    folder.remove();
  }
}, 400_000);
