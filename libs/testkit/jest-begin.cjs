// Jest's globalSetup: gives the run a folder, by which its workers find the servers that they share. Starts nothing.
const { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDERS = '/var/tmp';
const PREFIX = 'runledger-test-run-';

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/** Folders of runs that were killed. */
function sweep() {
  for (const name of readdirSync(FOLDERS).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(FOLDERS, name);
    try {
      const isNew = Date.now() - statSync(folder).mtimeMs < 60_000;
      const users = ['root', ...readdirSync(folder).filter((entry) => entry.endsWith('.running'))];
      if (!isNew && !users.some((entry) => isAlive(join(folder, entry))))
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or gone by now.
    }
  }
}

module.exports = async () => {
  sweep();
  const folder = mkdtempSync(join(FOLDERS, PREFIX));
  chmodSync(folder, 0o755); // Postgres runs as another user
  writeFileSync(join(folder, 'root'), String(process.pid));
  process.env.TESTKIT_RUN = folder;
};
