/**
 * Adds to package-lock.json the packages of other platforms that npm left out because the registry in use does not have
 * them: `npm install` forgives that and `npm ci` does not. With --check it changes nothing and fails where one is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEM = /\b(darwin|linux|win32|freebsd|android)\b/;
const PROCESSOR = /\b(arm64|x64|ia32|arm|ppc64|riscv64|s390x)\b/;

/** Where Node would look for a dependency of the package at `from`, nearest first. */
function* candidates(from, name) {
  for (let folder = from; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/'))))
    yield `${folder}/node_modules/${name}`;
  yield `node_modules/${name}`;
}

function missingFrom(packages) {
  const missing = [];
  for (const [place, { optionalDependencies = {}, license }] of Object.entries(packages))
    for (const [name, version] of Object.entries(optionalDependencies))
      if (![...candidates(place, name)].some((candidate) => packages[candidate]))
        missing.push({ name, version, license });
  return missing;
}

/** What npm writes for a package that is not for this platform, without the digest that nobody here could check. */
function entryFor({ name, version, license }) {
  const os = SYSTEM.exec(name)?.[1];
  const cpu = PROCESSOR.exec(name)?.[1];
  if (!os || !cpu || !/^\d/.test(version)) throw new Error(`${FILE} lacks ${name}@${version}, which npm ci will miss`);
  const libc = os === 'linux' && name.endsWith('-gnu') ? { libc: ['glibc'] } : {};
  return { version, cpu: [cpu], ...libc, license, optional: true, os: [os] };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = missingFrom(lock.packages);
if (process.argv.includes('--check')) {
  for (const { name } of missing) console.error(`${FILE} lacks ${name}, so that npm ci would fail: npm run format`);
  process.exitCode = missing.length > 0 ? 1 : 0;
} else if (missing.length > 0) {
  for (const one of missing) lock.packages[`node_modules/${one.name}`] = entryFor(one);
  const byPlace = ([a], [b]) => a.localeCompare(b, 'en');
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPlace));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
