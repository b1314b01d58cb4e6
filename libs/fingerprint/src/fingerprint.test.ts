import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Fingerprinted, fingerprintOf } from './fingerprint';

const code = { commit: 'c0ffee', dirty: false, diffDigest: null };
const work: Fingerprinted = {
  params: new Map([
    ['opt', 'adam'],
    ['lr', '0.1'],
  ]),
  code,
  inputs: [{ digest: 'd1', context: 'train' }],
};

describe('the fingerprint of a run', () => {
  it('is the digest of one text, which anybody can write', () => {
    const text =
      '{"code":{"commit":"c0ffee","patch":null},"datasets":[{"context":"train","digest":"d1"}],"params":{"lr":"0.1","opt":"adam"},"v":1}';
    expect(fingerprintOf(work)).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  });

  it('does not depend on the order in which things were said, nor on how often', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([key]) => key });
    const inputs = fc.array(fc.record({ digest: fc.string(), context: fc.string() }));
    fc.assert(
      fc.property(pairs, inputs, (params, given) => {
        const said = { params: new Map(params), code, inputs: given };
        const again = { params: new Map([...params].reverse()), code, inputs: [...given, ...[...given].reverse()] };
        const isWellFormed = JSON.stringify([params, given]).includes('\\ud') === false;
        fc.pre(isWellFormed);
        expect(fingerprintOf(again)).toBe(fingerprintOf(said));
      }),
    );
  });

  it('differs where a param, the commit, the patch, or a dataset differs', () => {
    const others: Fingerprinted[] = [
      work,
      { ...work, params: new Map([['lr', '0.1']]) },
      { ...work, params: new Map([...work.params, ['lr', '0.2']]) },
      { ...work, code: { ...code, commit: 'beef' } },
      { ...work, code: { ...code, dirty: true, diffDigest: 'sha256:1' } },
      { ...work, code: null },
      { ...work, inputs: [{ digest: 'd1', context: 'test' }] },
      { ...work, inputs: [] },
    ];
    expect(new Set(others.map(fingerprintOf)).size).toBe(others.length);
  });

  it('is none where nothing is known, and where changed code is not told', () => {
    expect(fingerprintOf({ params: new Map(), code: null, inputs: [] })).toBeNull();
    expect(fingerprintOf({ ...work, code: { ...code, dirty: true } })).toBeNull();
  });
});
