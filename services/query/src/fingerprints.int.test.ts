import { fingerprintsAnswer, runAnswer, searchAnswer } from '@runledger/contracts/http';
import { type Fingerprinted, fingerprintOf } from '@runledger/fingerprint';
import fc from 'fast-check';
import { openScene, post, read, refusalOf, type Scene } from '../test/query-scene';
import type { Fact } from '../test/record-and-project';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const key = fc.constantFrom('a', 'b', 'c');
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .array(fc.record({ key, value: fc.constantFrom<string | number | boolean>('1', 1, 0.1, true, 'x') }), {
      minLength: 1,
    })
    .map((params) => ({ type: 'params.logged' as const, data: { params: params.slice(0, 5) } })),
  fc
    .constantFrom({ commit: 'c1' }, { commit: 'c1', dirty: true }, { commit: 'c2', dirty: true, diffDigest: 'p' }, {})
    .map((data) => ({ type: 'code.recorded' as const, data })),
  fc.array(fc.record({ name: key, digest: key, context: key }), { minLength: 1, maxLength: 3 }).map((inputs) => ({
    type: 'inputs.used' as const,
    data: { inputs },
  })),
  fc.constant({ type: 'tags.set' as const, data: { tags: [{ key: 't', value: '1' }] } }),
);

/** What the facts say, read plainly: the first value of a param, the last code, every input. */
function naive(facts: readonly Fact[]): string | null {
  const params = new Map<string, string>();
  const inputs: Array<{ digest: string; context: string }> = [];
  let code: Fingerprinted['code'] = null;
  for (const { type, data } of facts) {
    if (type === 'params.logged')
      for (const one of (data as { params: Array<{ key: string; value: unknown }> }).params)
        if (!params.has(one.key)) params.set(one.key, String(one.value));
    if (type === 'inputs.used') inputs.push(...(data as { inputs: typeof inputs }).inputs);
    if (type === 'code.recorded') code = { commit: null, dirty: null, diffDigest: null, ...(data as object) };
  }
  return fingerprintOf({ params, code, inputs });
}

it('is that of what a run recorded, however it came: in pieces, twice, and changed', async () => {
  const runs = fc.sample(fc.array(fact, { minLength: 1, maxLength: 6 }), { numRuns: 40, seed: 3 });
  for (const [i, facts] of runs.entries()) {
    for (const one of facts) await scene.record.facts(`f${i}`, [one]);
    if (i % 3 === 0) await scene.record.projectMetadata();
    // What comes again at the end changes nothing but the code that counts.
    const again = facts.filter(({ type }) => type !== 'code.recorded');
    if (again.length > 0) await scene.record.facts(`f${i}`, again);
  }
  await scene.record.projectMetadata();
  const expected = runs.map(naive);
  for (const [i, fingerprint] of expected.entries()) {
    const run = runAnswer.parse((await read(scene, `runs/f${i}`)).body);
    expect([i, run.fingerprint]).toEqual([i, fingerprint]);
    const same = expected.flatMap((other, j) => (other === fingerprint && j !== i ? [`f${j}`] : []));
    expect([i, [...run.sameAs].sort()]).toEqual([i, fingerprint === null ? [] : same.sort()]);
    if (fingerprint === null) continue;
    const filter = `attributes.fingerprint = '${fingerprint}'`;
    const found = searchAnswer.parse((await post(scene, 'search', { filter, count: true })).body);
    expect(found.count).toBe(same.length + 1);
  }
  expect(new Set(expected).size).toBeGreaterThan(10);
});

it('is asked for before a run starts, by what it is going to do', async () => {
  const done: Fact[] = [
    { type: 'params.logged', data: { params: [{ key: 'lr', value: 0.01 }] } },
    { type: 'code.recorded', data: { commit: 'abc', dirty: true, diffDigest: 'sha256:1' } },
    { type: 'inputs.used', data: { inputs: [{ name: 'mnist', digest: 'd', context: 'train' }] } },
  ];
  await scene.record.facts('before', done);
  await scene.record.facts('theirs', done, { workspace: 'other' });
  await scene.record.projectMetadata();
  const code = { commit: 'abc', dirty: true, diffDigest: 'sha256:1' };
  const work = { params: { lr: '0.01' }, code, inputs: [{ digest: 'd', context: 'train' }] };
  const ask = async (body: object) => fingerprintsAnswer.parse((await post(scene, 'fingerprints', body)).body);
  const found = await ask(work);
  expect([found.fingerprint, found.runs.map(({ run }) => run)]).toEqual([naive(done), ['before']]);
  expect((await ask({ fingerprint: found.fingerprint })).runs).toEqual(found.runs);
  expect((await ask({ ...work, params: { lr: 0.02 } })).runs).toEqual([]);
  expect(await ask({ ...work, code: { commit: 'abc', dirty: true } })).toEqual({ fingerprint: null, runs: [] });
  expect((await post(scene, 'fingerprints?as_of=2020-01-01T00:00:00Z', work)).body).toMatchObject({ runs: [] });
  expect(refusalOf(await post(scene, 'fingerprints', { params: { lr: {} } }))[0]).toBe(400);
});
