import { checkArtifactPath, checkFolder, placeOfPath, placeOfUri, rootUri } from './artifact-path';

const bad = expect.objectContaining({ kind: 'invalid', code: 'MLFLOW_BAD_PATH' }) as Error;

describe('a path of the artifact door', () => {
  it('names a place of a run', () => {
    expect(placeOfPath('7/abc/artifacts/model/a b.bin')).toEqual({
      experiment: '7',
      of: 'run',
      id: 'abc',
      path: 'model/a b.bin',
    });
    for (const root of ['7/abc/artifacts', '7/abc/artifacts/', '/7/abc/artifacts'])
      expect(placeOfPath(root)).toEqual({ experiment: '7', of: 'run', id: 'abc', path: '' });
    expect(placeOfPath('7/abc/artifacts/dir/').path).toBe('dir');
  });

  it.each([
    '',
    '7',
    '7/abc',
    '7/abc/elsewhere/x',
    '7//artifacts/x',
    'a b/abc/artifacts/x',
    '../abc/artifacts/x',
    '7/../artifacts/x',
    '7/models/m-1',
    '7/models/../artifacts/x',
    '7/models/m-1/elsewhere/x',
  ])('is not %j', (path) => {
    expect(() => placeOfPath(path)).toThrow(bad);
  });

  it('names a place of a logged model, and says it again', () => {
    const place = { experiment: '7', of: 'logged-model', id: 'm-1', path: 'MLmodel' } as const;
    expect(placeOfPath('7/models/m-1/artifacts/MLmodel')).toEqual(place);
    expect(placeOfUri(rootUri(place))).toEqual({ ...place, path: '' });
    expect(placeOfUri('s3://bucket/7/models/m-1/artifacts')).toBeNull();
  });

  it('may be of a run whose id is models', () => {
    expect(placeOfPath('7/models/artifacts/artifacts/x')).toMatchObject({ of: 'run', path: 'artifacts/x' });
  });
});

describe('a path within a run', () => {
  it.each(['a', '.hidden', '...', 'a/b/c.d', '€ and 100%', '%', 'a%20b', 'x'.repeat(1_000)])('may be %.20j', (path) => {
    expect(checkArtifactPath(path)).toBe(path);
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    '%2e%2e/b',
    '%252e%252e',
    '%25252e.',
    'a%2fb',
    'a%5cb',
    'a\\b',
    'a%00',
    'a\nb',
    'a\u007f',
    'a\ud800',
    'x'.repeat(1_001),
  ])('is not %.20j', (path) => {
    expect(() => checkArtifactPath(path)).toThrow(bad);
  });

  it('of a folder may be empty or end with a slash', () => {
    expect(['', 'a', 'a/'].map(checkFolder)).toEqual(['', 'a', 'a']);
    expect(() => checkFolder('a//')).toThrow(bad);
  });
});
