// Jest's globalTeardown: asks the shared servers to stop, waits for them, and removes the run's folder.
const { existsSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

module.exports = async () => {
  const folder = process.env.TESTKIT_RUN;
  if (!folder || !existsSync(folder)) return;
  writeFileSync(join(folder, 'stop'), '');
  const running = () => readdirSync(folder).some((name) => name.endsWith('.running'));
  for (let i = 0; i < 300 && running(); i++) await sleep(50);
  rmSync(folder, { recursive: true, force: true });
};
