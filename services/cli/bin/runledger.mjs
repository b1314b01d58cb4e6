#!/usr/bin/env node
// npm links what is there when it installs; what is built comes later.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write('runledger: not built yet; run: npx nx build cli\n');
  process.exitCode = 1;
}
