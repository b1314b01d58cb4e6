import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { checkPoint, type ProvenPoint } from '../test/check-point';
import { type AllInOne, startAllInOne } from './all-in-one-process';

let folder: TemporaryFolder;
let server: AllInOne;
beforeAll(async () => {
  folder = temporaryFolder('proofs');
  server = await startAllInOne(`${folder.path}/data`);
});
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

const ask = (path: string, body?: object) =>
  fetch(`${server.url}/api/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

it('proves a single point to whoever has the key, and nobody else’s', async () => {
  const steps = Array.from({ length: 400 }, (_, i) => i);
  for (const run of ['r1', 'r2', 'r3'])
    for (let part = 0; part < 3; part++) {
      const values = steps.map((step) => (step === 7 ? 'NaN' : step / 8 + part));
      const series = [
        { key: 'loss', steps: steps.map((step) => step + part * 400), values },
        { key: 'acc', steps, values },
      ];
      expect((await ask('metrics', { run, series })).status).toBe(202);
    }
  const question = 'proofs/point?run=r2&key=loss&step=';
  const answer = await eventually(async () => {
    const found = await ask(`${question}1199`);
    return found.status === 200 ? found : undefined;
  }, 40_000);
  const { verifierKey, points } = (await answer.json()) as { verifierKey: string; points: ProvenPoint[] };
  expect(points.map((point) => checkPoint(point, verifierKey))).toMatchObject([
    { run: 'r2', key: 'loss', step: 1199n, value: 399 / 8 + 2 },
  ]);
  expect(points[0]?.value).toBe(399 / 8 + 2);
  const odd = (await (await ask(`${question}7`)).json()) as { points: ProvenPoint[] };
  expect(odd.points.map(({ value }) => value)).toEqual(['NaN']);
  const several = (await (await ask('proofs/point?run=r2&key=acc&step=8')).json()) as { points: ProvenPoint[] };
  expect(several.points.map((point) => checkPoint(point, verifierKey).value).sort()).toEqual([1, 2, 3]);
  for (const [wrong, status] of [
    [`${question}1200`, 404],
    ['proofs/point?run=none&key=loss&step=1', 404],
    ['proofs/point?run=r2&key=none&step=1', 404],
    ['proofs/point?run=r2&key=loss&step=9223372036854775808', 400],
    ['proofs/point?run=r2&key=loss', 400],
  ] as const)
    expect([wrong, (await ask(wrong)).status]).toEqual([wrong, status]);
}, 120_000);
