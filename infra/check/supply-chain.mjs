/**
 * Fails where package-lock.json holds a package without an exact version or a digest, from elsewhere than the registry, under a
 * licence that is not allowed, or with an install script that is not known; what is allowed stands in packages-allowed.mjs. Then
 * writes the bill of materials (CycloneDX, by npm itself, from the lock file alone) to dist/sbom.cdx.json, with every package in it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { INSTALL_SCRIPTS, LICENCES, LICENCES_OF_TOOLS, REGISTRY, WITHOUT_DIGEST } from './packages-allowed.mjs';

const FILE = 'package-lock.json';
const BILL = 'dist/sbom.cdx.json';
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const DIGEST = /^sha512-[A-Za-z0-9+/]{86}==$/;

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Whether a list has a name, or everything of its scope. */
const lists = (list, name) => name in list || `${name.split('/')[0]}/*` in list;

const licencesOf = (expression) => expression.split(/[()\s]+|\bAND\b|\bOR\b|\bWITH\b/).filter((word) => word !== '');

function isAllowed(licence, dev) {
  return LICENCES.has(licence) || (dev === true && licence in LICENCES_OF_TOOLS);
}

/** What is wrong with where a package comes from. */
function* faultsOfSource(name, { version, resolved, integrity }) {
  if (!EXACT.test(version ?? '')) yield `has the version ${version}, which is not exact`;
  if (integrity === undefined ? !lists(WITHOUT_DIGEST, name) : !DIGEST.test(integrity)) yield 'has no SHA-512 digest';
  // Left out, it is whatever registry is in use: the digest says what must come from there.
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) yield `comes from ${resolved}`;
}

function* faultsOfLicence({ license = '', dev }) {
  const named = licencesOf(license);
  if (named.length === 0) yield 'names no licence';
  for (const licence of named)
    if (!isAllowed(licence, dev)) yield `is under ${licence}, which is not allowed${dev ? '' : ' outside tools'}`;
}

function faultsOf(name, entry) {
  const script = entry.hasInstallScript === true && !lists(INSTALL_SCRIPTS, name);
  const faults = [...faultsOfSource(name, entry), ...faultsOfLicence(entry)];
  return script ? [...faults, 'brings an install script that nobody has looked at'] : faults;
}

const isOurs = (place, { link }) => link === true || !place.includes('node_modules/');

function packagesOf(lock) {
  return Object.entries(lock.packages)
    .filter(([place, entry]) => !isOurs(place, entry))
    .map(([place, entry]) => [entry.name ?? nameOf(place), entry]);
}

/** npm runs no other scripts than these; a list that allows one which nobody explained is refused, too. */
function unexplainedScripts() {
  const { allowScripts = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.keys(allowScripts).filter((name) => !lists(INSTALL_SCRIPTS, name));
}

/** npm leaves out what is not for this platform; the bill names everything that the lock file may bring anywhere. */
function writeBill(packages) {
  const told = spawnSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (told.status !== 0) throw new Error(`npm could not write the bill of materials: ${told.stderr}`);
  const listed = new Set(JSON.parse(told.stdout).components.map(({ purl }) => decodeURIComponent(purl)));
  const absent = packages.filter(([name, { version }]) => !listed.has(`pkg:npm/${name}@${version}`));
  mkdirSync('dist', { recursive: true });
  writeFileSync(BILL, told.stdout);
  return absent.map(([name, { version }]) => `${name}@${version} is missing from ${BILL}`);
}

const packages = packagesOf(JSON.parse(readFileSync(FILE, 'utf8')));
const faults = packages.flatMap(([name, entry]) =>
  faultsOf(name, entry).map((fault) => `${name}@${entry.version} ${fault}`),
);
faults.push(...unexplainedScripts().map((name) => `package.json allows ${name} an install script; say why`));
if (faults.length === 0) faults.push(...writeBill(packages));
for (const fault of faults) console.error(`${FILE}: ${fault}`);
if (faults.length > 0) console.error('What may be there, and why, stands in infra/check/packages-allowed.mjs.');
else console.log(`${packages.length} packages are as they should be; bill of materials in ${BILL}`);
process.exitCode = faults.length > 0 ? 1 : 0;
