import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactChoice } from '@runledger/artifacts';
import { courierSettings } from '@runledger/courier';
import { ingestSettings } from '@runledger/ingest';
import { readConfig } from '@runledger/kernel';
import { mlflowSettings } from '@runledger/mlflow';
import { notarySettings } from '@runledger/notary';
import { projectorSettings } from '@runledger/projector';
import { querySettings } from '@runledger/query';
import { parse } from 'yaml';

type Container = {
  image: string;
  command?: string[];
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  volumes?: string[];
};
type Compose = { services: Record<string, Container>; volumes: Record<string, null> };

const compose = parse(readFileSync(join(__dirname, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ROOMS = {
  ingest: ingestSettings,
  projector: projectorSettings,
  query: querySettings,
  mlflow: mlflowSettings,
  notary: notarySettings,
  courier: courierSettings,
};

/** What compose puts in for `${NAME:-default}` and `${NAME:?why}`. */
const interpolate = (text: string): string =>
  text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, more: string) =>
    kind === '-' ? more : `given-${name}`,
  );

function environmentOf(room: keyof typeof ROOMS): Record<string, string> {
  const environment = compose.services[room]?.environment ?? {};
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolate(String(value))]));
}

// There is no container engine where the tests run: this is what can be known about the file without one.
describe('the compose file', () => {
  it.each(Object.keys(ROOMS) as Array<keyof typeof ROOMS>)('gives %s settings that it takes', (room) => {
    expect(readConfig(ROOMS[room], environmentOf(room))).toMatchObject({
      RUNLEDGER_LOG: 'kafka',
      RUNLEDGER_KAFKA_BROKERS: ['kafka:9092'],
    });
  });

  it('gives the rooms that move bytes one bucket, which is made before they start', () => {
    for (const room of ['ingest', 'query', 'mlflow'] as const) {
      expect(artifactChoice(readConfig(ROOMS[room], environmentOf(room)))).toMatchObject({
        place: 's3://artifacts',
        s3: { endpoint: 'http://s3:7070', direct: false },
      });
      expect(compose.services[room]?.depends_on?.['bucket']).toEqual({ condition: 'service_completed_successfully' });
    }
    expect(compose.services['bucket']?.command?.[1]).toContain("Bucket: 'artifacts'");
  });

  it.each(Object.keys(ROOMS))('starts %s by a main file that is built', (room) => {
    const [main = ''] = compose.services[room]?.command ?? [];
    expect(main).toBe(`services/${room}/dist/main.js`);
    expect(existsSync(join(__dirname, '../..', main.replace('/dist/main.js', '/src/main.ts')))).toBe(true);
  });

  it('waits for engines that say when they are ready', () => {
    const conditions = services.flatMap(([, service]) => Object.entries(service.depends_on ?? {}));
    const awaited = conditions.flatMap(([name, { condition }]) => (condition === 'service_healthy' ? [name] : []));
    expect(new Set(awaited)).toEqual(new Set(['kafka', 'postgres', 'clickhouse', 'redis', 's3']));
    for (const name of awaited) expect(compose.services[name]?.healthcheck?.test).toBeDefined();
  });

  it('pins every image, and declares every volume', () => {
    const foreign = services.filter(([, { image }]) => image !== 'runledger:latest'); // which is built here
    const rooms = Object.keys(ROOMS).length + 1; // and what makes the bucket
    expect(foreign).toHaveLength(services.length - rooms);
    for (const [, { image }] of foreign) expect(image).toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
    const named = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });
});
