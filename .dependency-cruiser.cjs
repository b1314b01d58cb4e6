/** What tags cannot say: cycles between files, what pure rooms reach, who sees tests and the framework. */
const TEST = '([.](test|contract)[.]ts$|/e2e/|/test/|^libs/testkit/)';
const FRAMEWORK = '[.](controller|module|filter|guard|transport)[.]ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Neither inside a package nor between packages; imports of types count.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      comment:
        'kernel, contracts, domain, projections and merkle are values in, values out. They reach no file and no network.',
      from: { path: '^libs/(kernel|contracts|domain|projections|merkle)/src/', pathNot: TEST },
      to: {
        reachable: true,
        path: '^(node:)?(fs|fs/promises|net|tls|dgram|dns|http|http2|https|child_process|cluster|worker_threads)$',
      },
    },
    {
      name: 'testkit-from-tests-only',
      severity: 'error',
      from: { pathNot: [TEST, '^infra/(bench|test)/'] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'nobody-imports-a-test',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: '[.](test|contract)[.]ts$' },
    },
    {
      name: 'framework-files-say-so',
      severity: 'error',
      comment: 'In a service, only files named for a role in Nest import it.',
      from: { path: '^services/[^/]+/src/', pathNot: [FRAMEWORK, '/main[.]ts$', TEST] },
      to: { path: '(^|node_modules/)@nestjs/' },
    },
    {
      name: 'framework-stays-at-the-edge',
      severity: 'error',
      comment: 'What Nest touches is put together by the module and started by main; nothing else leans on it.',
      from: { path: '^services/[^/]+/src/', pathNot: ['[.]module[.]ts$', '/(main|index)[.]ts$', TEST] },
      to: { path: `^services/[^/]+/src/.*${FRAMEWORK}` },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/target/|/results/)' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
