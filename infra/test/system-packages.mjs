// Programs that the tests need and npm does not bring: found, or installed by the system's package manager when it may.
import { spawnSync } from 'node:child_process';
import { hasPython } from './python.mjs';

const runs = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' });

function hasJava() {
  const { stderr, error } = runs('java', '-version');
  const version = /version "(\d+)/.exec(stderr ?? '')?.[1];
  return !error && Number(version) >= 17;
}

function hasGo() {
  const { stdout, error } = runs('go', 'version');
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return !error && (Number(major) > 1 || Number(minor) >= 26);
}

const NEEDED = [
  { name: 'Java 17', package: 'openjdk-17-jre-headless', isThere: hasJava },
  { name: 'Maven', package: 'maven', isThere: () => !runs('mvn', '-v').error },
  { name: 'Redis', package: 'redis-server', isThere: () => !runs('redis-server', '--version').error },
  { name: 'Go 1.26', package: 'golang-go', isThere: hasGo },
  { name: 'Python 3.10', package: 'python3-venv', isThere: hasPython },
  { name: 'OpenSSL', package: 'openssl', isThere: () => !runs('openssl', 'version').error },
  { name: 'OpenSSH', package: 'openssh-client', isThere: () => !runs('ssh-keygen', '-?').error },
  { name: 'Chromium', package: 'chromium', isThere: () => !runs('chromium', '--version').error },
  { name: 'strace', package: 'strace', isThere: () => !runs('strace', '-V').error },
];

const missing = () => NEEDED.filter(({ isThere }) => !isThere());

const mayInstall = () => process.getuid?.() === 0 && !runs('apt-get', '--version').error;

function install(packages) {
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const get = (...args) => spawnSync('apt-get', ['-q', '-y', '-o', 'Dpkg::Use-Pty=0', ...args], options).status === 0;
  return get('update') && get('install', '--no-install-recommends', ...packages);
}

/** Answers what is still missing, as one line for a person, or nothing. */
export function ensureSystemPackages() {
  const absent = missing();
  if (absent.length === 0) return undefined;
  const packages = absent.map((one) => one.package);
  if (mayInstall()) {
    console.log(`Installing ${packages.join(', ')}`);
    install(packages);
  }
  const still = missing();
  if (still.length === 0) return undefined;
  const names = still.map((one) => `${one.name} (Debian package ${one.package})`);
  return `The tests need ${names.join(', ')}: install what is missing and run them again.`;
}
