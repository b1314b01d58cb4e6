import { readSource } from './registry-source';

describe('the source of a version', () => {
  it.each([
    ['models:/m-0123456789abcdef0123456789abcdef', { is: 'logged-model', id: 'm-0123456789abcdef0123456789abcdef' }],
    ['models:/digits/3', { is: 'version', name: 'digits', version: 3, alias: null, stage: null }],
    ['models:/digits@champion', { is: 'version', name: 'digits', version: null, alias: 'champion', stage: null }],
    ['models:/digits/Production', { is: 'version', name: 'digits', version: null, alias: null, stage: 'Production' }],
    ['runs:/r1/model', { is: 'run', run: 'r1' }],
    ['mlflow-artifacts:/0/r1/artifacts/model/', { is: 'artifacts', path: '0/r1/artifacts/model' }],
    ['s3://bucket/a b/100%', { is: 'elsewhere' }],
    ['https://example.org/model?version=1', { is: 'elsewhere' }],
    ['dbfs:/a..b/...c', { is: 'elsewhere' }],
  ])('%s is read', (source, read) => expect(readSource(source)).toEqual(read));

  it.each([
    '/etc/passwd',
    'model',
    'file:///etc/passwd',
    'FILE:/etc/passwd',
    's3://bucket/../other',
    's3://bucket/./other',
    's3://bucket/..',
    's3://bucket/%2e%2e/other',
    's3://bucket/%252e%252e%252fother',
    's3://bucket/..%5cother',
    's3://bucket/a%00b',
    'mlflow-artifacts:/0/r1/artifacts/../../secret',
    'models:/',
    'models:/digits',
    'models:/a/b/c',
    'models:/..',
    'runs:/r1',
    'runs:/r1/../r2/model',
  ])('%s is refused', (source) =>
    expect(() => readSource(source)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'MLFLOW_BAD_SOURCE' })),
  );

  it('that is encoded for ever is refused, and not decoded for ever', () => {
    expect(() => readSource(`s3://bucket/%${'25'.repeat(60)}2e`)).toThrow(
      expect.objectContaining({ code: 'MLFLOW_BAD_SOURCE' }),
    );
  });
});
