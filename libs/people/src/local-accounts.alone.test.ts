import { CookieJar, openPeopleScene, type PeopleScene } from '../test/people-scene';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const ATTEMPTS = Math.max(20, 500 * SCALE);
/** Of the longer mean. So few attempts on a machine that others use say no more than that both compute the hash, which is all but a hundredth of it. */
const BOUND = SCALE < 1 ? 0.3 : 0.05;

let scene: PeopleScene;
beforeAll(async () => {
  scene = await openPeopleScene([]);
});
afterAll(() => scene.close());

async function takes(name: string): Promise<number> {
  const start = performance.now();
  const answer = await new CookieJar().ask(`${scene.server.url}/auth/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: scene.server.url },
    body: JSON.stringify({ name, password: 'a wrong password' }),
  });
  expect(answer.status).toBe(401);
  return performance.now() - start;
}
const mean = (times: readonly number[]): number => times.reduce((sum, one) => sum + one, 0) / times.length;

it(`takes as long over a wrong name as over a wrong password (means of ${ATTEMPTS})`, async () => {
  await fetch(`${scene.server.url}/api/v1/local-accounts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'known', password: 'correct horse battery' }),
  });
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let i = -2; i < ATTEMPTS; i++) {
    // In turns, and each first as often, so that whatever else the machine does falls on both.
    for (const [name, times] of i % 2 === 0
      ? ([
          ['known', known],
          ['nobody', unknown],
        ] as const)
      : ([
          ['nobody', unknown],
          ['known', known],
        ] as const)) {
      const ms = await takes(name);
      if (i >= 0) times.push(ms); // the first ones open connections
    }
  }
  const [one, other] = [mean(known), mean(unknown)];
  process.stderr.write(`wrong password ${one.toFixed(2)} ms, wrong name ${other.toFixed(2)} ms, ${ATTEMPTS} each\n`);
  expect(Math.min(one, other)).toBeGreaterThan(20); // the hash is computed at all
  expect(Math.abs(one - other) / Math.max(one, other)).toBeLessThan(BOUND);
}, 900_000);
