const { statSync } = require('node:fs');
const { basename } = require('node:path');

/** Files that take a minute or two. jest knows by itself only where it has run them before, and what begins last ends alone. */
const SLOW = [
  'tenancy-scaled',
  'pages',
  'mlflow-scaled',
  'erasure-killed',
  'measured-webhooks',
  'scaled',
  'kill',
  'crash',
  'rebuild-crash',
  'mlflow',
  'cli',
  'evidence',
].map((name) => `${name}.e2e.test.ts`);

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
