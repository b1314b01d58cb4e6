// Jest's globalSetup: gives the run a folder, by which its workers find the servers that they share. Starts nothing.
const { chmodSync, mkdtempSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = async () => {
  const folder = mkdtempSync('/var/tmp/runledger-test-run-');
  chmodSync(folder, 0o755); // Postgres runs as another user
  writeFileSync(join(folder, 'root'), String(process.pid));
  process.env.TESTKIT_RUN = folder;
};
