import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// The walls between rooms, tried from the wrong side: what must be refused is refused by the very files that `npm run check` uses.
const root = join(__dirname, '../..');
const bin = (path: string): string => join(root, 'node_modules', path);

type Message = { ruleId: string | null; message: string };
type Case = { file: string; text: string };

/** Lints text as if it stood in `file`. One process for all of them, since the configuration is an ES module. */
function lint(cases: readonly Case[]): Message[][] {
  const script = `
    import { ESLint } from 'eslint';
    let input = '';
    for await (const chunk of process.stdin) input += chunk;
    const eslint = new ESLint();
    const results = [];
    for (const { file, text } of JSON.parse(input)) results.push((await eslint.lintText(text, { filePath: file }))[0].messages);
    process.stdout.write(JSON.stringify(results));`;
  // Without a project graph the boundary rule passes everything, so one is made first.
  const env = { ...process.env, NX_DAEMON: 'false' };
  execFileSync(process.execPath, [bin('nx/dist/bin/nx.js'), 'show', 'projects'], { cwd: root, env, stdio: 'ignore' });
  const args = ['--input-type=module', '-e', script];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, env, input: JSON.stringify(cases) }).toString(),
  ) as Message[][];
}

const importing = (name: string): string => `import { x } from '${name}';\nvoid x;\n`;

const REFUSED: Record<string, Case & { rule: string }> = {
  'ingest reading a projection': {
    file: 'services/ingest/src/index.ts',
    text: importing('@runledger/projections'),
    rule: '@nx/enforce-module-boundaries',
  },
  'query reaching the commands': {
    file: 'services/query/src/index.ts',
    text: importing('@runledger/commands'),
    rule: '@nx/enforce-module-boundaries',
  },
  'query publishing to the log': {
    file: 'services/query/src/index.ts',
    text: `import type { Log } from '@runledger/bus';\nexport const f = (log: Log) => log.publish([]);\n`,
    rule: 'no-restricted-properties',
  },
  'a lib leaning on a service': {
    file: 'libs/bus/src/index.ts',
    text: importing('@runledger/ingest'),
    rule: '@nx/enforce-module-boundaries',
  },
  'a lib leaning on a lib beside it': {
    file: 'libs/bus/src/index.ts',
    text: importing('@runledger/clickhouse'),
    rule: '@nx/enforce-module-boundaries',
  },
  'the testkit in source': {
    file: 'libs/bus/src/index.ts',
    text: importing('@runledger/testkit'),
    rule: '@nx/enforce-module-boundaries',
  },
  'a database in the kernel': {
    file: 'libs/kernel/src/ids.ts',
    text: importing('pg'),
    rule: '@nx/enforce-module-boundaries',
  },
  'a package that package.json does not name': {
    file: 'libs/kernel/src/ids.ts',
    text: importing('ms'),
    rule: '@nx/enforce-module-boundaries',
  },
  'a way round by a relative path': {
    file: 'services/ingest/src/index.ts',
    text: importing('../../../libs/projections/src/index'),
    rule: '@nx/enforce-module-boundaries',
  },
  'reading the environment below main': {
    file: 'libs/contracts/src/names.ts',
    text: `export const home = process.env['HOME'];\n`,
    rule: 'no-restricted-properties',
  },
  'a promise that nobody waits for': {
    file: 'libs/contracts/src/names.ts',
    text: `export const f = (): void => { Promise.resolve(); };\n`,
    rule: '@typescript-eslint/no-floating-promises',
  },
  'a switch that forgets a case': {
    file: 'libs/contracts/src/names.ts',
    text: `export const f = (x: 'a' | 'b'): number => { switch (x) { case 'a': return 1; } return 0; };\n`,
    rule: '@typescript-eslint/switch-exhaustiveness-check',
  },
  any: {
    file: 'libs/contracts/src/names.ts',
    text: `export const f = (x: any): number => Number(x);\n`,
    rule: '@typescript-eslint/no-explicit-any',
  },
  'a function of 61 lines': {
    file: 'infra/check/settings.mjs',
    text: `export function f() {\n${'f();\n'.repeat(59)}}\n`,
    rule: 'house/function-lines',
  },
  'a file of 301 lines': {
    file: 'infra/check/settings.mjs',
    text: 'export {};\n'.repeat(301),
    rule: 'max-lines',
  },
  'a file named for nothing': { file: 'infra/check/helpers.mjs', text: 'export {};\n', rule: 'house/file-name' },
  'a type named Manager': {
    file: 'libs/contracts/src/names.ts',
    text: `export type KeyManager = { x: number };\n`,
    rule: '@typescript-eslint/naming-convention',
  },
  'a comment that turns a rule off': {
    file: 'libs/contracts/src/names.ts',
    text: `// eslint-disable-next-line no-console\nconsole.log(1);\n`,
    rule: 'no-console',
  },
};

const ALLOWED: Record<string, Case> = {
  'a factory of many short functions': {
    file: 'infra/check/settings.mjs',
    text: `export const create = () => ({\n${'  f: () => {\n    return 1;\n  },\n'.repeat(40)}});\n`,
  },
  'ingest publishing to the log': {
    file: 'services/ingest/src/index.ts',
    text: `export type { Log } from '@runledger/bus';\n`,
  },
  'the testkit in a test': {
    file: 'infra/check/boundaries.test.ts',
    text: `import '@runledger/testkit';
`,
  },
};

describe('the linter', () => {
  const names = [...Object.keys(REFUSED), ...Object.keys(ALLOWED)];
  let found = new Map<string, Message[]>();
  beforeAll(() => {
    const cases = [...Object.values(REFUSED), ...Object.values(ALLOWED)];
    const results = lint(cases.map(({ file, text }) => ({ file, text })));
    found = new Map(names.map((name, index) => [name, results[index] ?? []]));
  });

  it.each(Object.entries(REFUSED))('refuses %s', (name, { rule }) => {
    expect(found.get(name)?.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it.each(Object.keys(ALLOWED))('has nothing against %s', (name) => {
    expect(found.get(name)).toEqual([]);
  });
});

type Violation = { from: string; to: string; rule: { name: string } };

/** Cruises a small tree that is laid out as ours is, under our rules. */
function cruise(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-cruise-'));
  try {
    const paths = { '@runledger/*': ['./libs/*/src/index.ts', './services/*/src/index.ts'] };
    const tsconfig = { compilerOptions: { module: 'esnext', moduleResolution: 'bundler', paths } };
    for (const [path, text] of Object.entries({ ...files, 'tsconfig.json': JSON.stringify(tsconfig) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const args = [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '.',
      '--config',
      join(root, '.dependency-cruiser.cjs'),
    ];
    const { stdout, stderr } = spawnSync(process.execPath, [...args, '-T', 'json'], { cwd: folder, encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
    return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the dependency cruiser', () => {
  it('refuses cycles, also of types and also between packages', () => {
    const violations = cruise({
      'libs/domain/src/a.ts': `import { b } from './b';\nexport const a = (): unknown => b;`,
      'libs/domain/src/b.ts': `import type { a } from './a';\nexport const b: typeof a | null = null;`,
      'libs/bus/src/index.ts': `import { y } from '@runledger/live';\nexport const x = (): unknown => y;`,
      'libs/live/src/index.ts': `import { x } from '@runledger/bus';\nexport const y = (): unknown => x;`,
    });
    expect(violations).toEqual([
      'no-cycle: libs/bus/src/index.ts -> libs/live/src/index.ts',
      'no-cycle: libs/domain/src/a.ts -> libs/domain/src/b.ts',
    ]);
  });

  it('refuses files and sockets in the pure rooms, however far away', () => {
    const violations = cruise({
      'libs/kernel/src/index.ts': `export { read } from './read';`,
      'libs/kernel/src/read.ts': `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;`,
      'libs/projections/src/index.ts': `import { read } from '@runledger/kernel';\nexport const x = read;`,
      'libs/domain/src/hash.ts': `import { createHash } from 'node:crypto';\nexport const hash = createHash;`,
      'libs/bus/src/index.ts': `import { connect } from 'node:net';\nexport const x = connect;`,
    });
    expect(violations).toEqual([
      'pure-rooms-do-no-io: libs/kernel/src/index.ts -> fs',
      'pure-rooms-do-no-io: libs/kernel/src/read.ts -> fs',
      'pure-rooms-do-no-io: libs/projections/src/index.ts -> fs',
    ]);
  });

  it('keeps the testkit, and tests, out of source', () => {
    const violations = cruise({
      'libs/testkit/src/index.ts': `export const servers = 1;`,
      'libs/bus/src/log.contract.ts': `import { servers } from '@runledger/testkit';\nexport const suite = servers;`,
      'libs/bus/src/log.test.ts': `import { suite } from './log.contract';\nexport const x = suite;`,
      'libs/bus/src/index.ts': `import { servers } from '@runledger/testkit';\nexport { suite } from './log.contract';\nexport const x = servers;`,
    });
    expect(violations).toEqual([
      'nobody-imports-a-test: libs/bus/src/index.ts -> libs/bus/src/log.contract.ts',
      'testkit-from-tests-only: libs/bus/src/index.ts -> libs/testkit/src/index.ts',
    ]);
  });

  it("keeps the framework at a service's edge", () => {
    const violations = cruise({
      'node_modules/@nestjs/common/package.json': '{"name":"@nestjs/common","main":"index.js"}',
      'node_modules/@nestjs/common/index.js': 'exports.Controller = 1;',
      'services/ingest/src/events.controller.ts': `import { Controller } from '@nestjs/common';\nexport const events = Controller;`,
      'services/ingest/src/ingest.module.ts': `import { events } from './events.controller';\nexport const ingest = events;`,
      'services/ingest/src/accept.ts': `import { Controller } from '@nestjs/common';\nexport const accept = Controller;`,
      'services/ingest/src/decide.ts': `import { events } from './events.controller';\nexport const decide = events;`,
    });
    expect(violations).toEqual([
      'framework-files-say-so: services/ingest/src/accept.ts -> node_modules/@nestjs/common/index.js',
      'framework-stays-at-the-edge: services/ingest/src/decide.ts -> services/ingest/src/events.controller.ts',
    ]);
  });
});
