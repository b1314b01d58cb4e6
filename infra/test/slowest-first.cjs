const { statSync } = require('node:fs');
const { basename } = require('node:path');

/** Files that take a minute or two. jest knows by itself only where it has run them before, and what begins last ends alone. */
const SLOW = [
  'archived-log.int',
  'check.int',
  'rebuild.int',
  'as-of.int',
  'fuzz.long',
  'pages.e2e',
  'archive-killed.e2e',
  'expiry.e2e',
  'mlflow-scaled.e2e',
  'erasure-killed.e2e',
  'measured-webhooks.e2e',
  'scaled.e2e',
  'kill.e2e',
  'crash.e2e',
  'rebuild-crash.e2e',
  'tenancy-scaled.e2e',
  'mlflow.e2e',
  'erasure-scaled.e2e',
  'cli.e2e',
  'evidence.e2e',
].map((name) => `${name}.test.ts`);

/** The slow ones first, then the largest files, as jest does. */
module.exports = class {
  sort(tests) {
    const known = tests.map((test) => ({
      test,
      slow: SLOW.indexOf(basename(test.path)),
      size: statSync(test.path).size,
    }));
    const rank = ({ slow }) => (slow < 0 ? SLOW.length : slow);
    return known.sort((a, b) => rank(a) - rank(b) || b.size - a.size).map(({ test }) => test);
  }
  allFailedTests(tests) {
    return tests;
  }
  cacheResults() {}
};
