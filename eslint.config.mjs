import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { mainConstraints, sourceConstraints, testConstraints } from './infra/check/boundaries.mjs';
import { house } from './infra/check/house-rules.mjs';

const TESTS = ['**/*.test.ts', '**/*.contract.ts', '**/e2e/**/*.ts', '**/test/**/*.ts'];

const boundaries = (depConstraints) => [
  'error',
  {
    depConstraints,
    banTransitiveDependencies: true,
    // The testkit starts servers out of several libs, whose tests use it. dependency-cruiser sees that no file is in a cycle.
    ignoredCircularDependencies: [['testkit', '*']],
  },
];

const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'Settings are read once, in main.ts, by readConfig.',
};
const LAST_WORDS = 'Manager|Helper|Handler|Service|Impl|Util|Utils';

export default defineConfig([
  { ignores: ['**/dist', '**/node_modules', '.nx', '**/results', '**/target'] },
  {
    // Raising a limit needs an ADR and a line in this file, never a comment at the place.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    plugins: { '@nx': nx, house },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(sourceConstraints),
      'house/file-name': 'error',
      'max-lines': ['error', 300],
      'house/function-lines': ['error', 60],
      'max-params': ['error', 4],
      // A switch over a closed union counts once: switch-exhaustiveness-check sees to it.
      complexity: ['error', { max: 12, variant: 'modified' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A port's method may answer a promise without having anything to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'typeLike',
          format: ['PascalCase'],
          custom: { regex: `^I[A-Z][a-z]|(${LAST_WORDS})$`, match: false },
        },
      ],
      'no-restricted-properties': ['error', ENVIRONMENT],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'A union of string literals says the same.' },
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
        { selector: 'ExportDefaultDeclaration', message: 'Name what is exported.' },
      ],
    },
  },
  {
    // A package's index says what others may use, and nothing else.
    files: ['**/src/index.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program > :not(ExportNamedDeclaration)', message: 'An index holds named exports only.' },
        {
          selector: 'ExportNamedDeclaration[source=null][declaration!=null]',
          message: 'Declare it in a file of its own.',
        },
      ],
    },
  },
  {
    files: ['services/query/src/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ENVIRONMENT,
        { property: 'publish', message: 'The read side never writes to the log.' },
        { property: 'consume', message: 'The read side takes no partition.' },
      ],
    },
  },
  {
    files: ['services/web/src/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: '@runledger/contracts', message: 'A page knows the shapes of HTTP alone: @runledger/contracts/http.' },
      ],
    },
  },
  // Vite insists on a default export.
  { files: ['services/web/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/src/main.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(mainConstraints),
      'no-console': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['infra/demo/**', 'infra/bench/**', 'infra/test/**', 'infra/check/**', 'infra/kafka/**', 'infra/screens/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // The bench starts processes, which get its own environment and more.
    files: ['libs/kernel/src/**', 'libs/testkit/src/**', 'libs/sdk/src/settings.ts', 'infra/bench/src/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  // A migration is a page of SQL.
  { files: ['**/migrations/*.ts'], rules: { 'house/function-lines': 'off' } },
  // Programs that tests start.
  {
    files: ['**/e2e/**/*.mjs'],
    rules: { '@nx/enforce-module-boundaries': boundaries(testConstraints), 'no-console': 'off' },
  },
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(testConstraints),
      'max-lines': ['error', 500],
      'house/function-lines': 'off',
      'no-restricted-properties': 'off',
      // Jest's matchers are typed as any, and so is what a test reads back from JSON and SQL to look at.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
]);
