// `node run-typescript.cjs <file.ts> [arguments]` runs a TypeScript file as its own process, as the tests see the
// workspace: packages are their sources, nothing needs to be built first. For servers and for processes that tests kill.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const root = resolve(__dirname, '../..');
const options = { configFile: join(root, '.swcrc'), sourceMaps: 'inline' };
const { moduleNameMapper } = require(join(root, 'jest.config.cjs'));
const packages = Object.entries(moduleNameMapper).map(([pattern, to]) => [new RegExp(pattern), to]);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const found = packages.find(([pattern]) => pattern.test(request));
  const target = found ? request.replace(found[0], found[1].replace('<rootDir>', root)) : request;
  return resolveFilename.call(this, target, ...rest);
};
require.extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
};

process.setSourceMapsEnabled(true);
process.argv.splice(1, 1);
require(resolve(process.argv[1]));
