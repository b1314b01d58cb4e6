/** One configuration for every tier; the tier is the file's suffix: .test, .int.test, .e2e.test, .long.test, .alone.test. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/infra'],
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.ts$': ['@swc/jest', { configFile: `${__dirname}/.swcrc` }],
    '\\.js$': ['@swc/jest', { configFile: `${__dirname}/.swcrc` }],
  },
  // Packages that are ES modules only; Node loads them by require, and jest does not.
  transformIgnorePatterns: ['/node_modules/(?!(jose|openid-client|oauth4webapi)/)'],
  moduleNameMapper: {
    '^@runledger/contracts/http$': '<rootDir>/libs/contracts/src/http.ts',
    '^@runledger/(ingest|projector|query|mlflow|notary|courier|all-in-one)$': '<rootDir>/services/$1/src/index.ts',
    '^@runledger/(demo|bench)$': '<rootDir>/infra/$1/src/index.ts',
    '^@runledger/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  globalSetup: '<rootDir>/libs/testkit/jest-begin.cjs',
  globalTeardown: '<rootDir>/libs/testkit/jest-end.cjs',
  testSequencer: '<rootDir>/infra/test/slowest-first.cjs',
  testTimeout: 60_000,
};
