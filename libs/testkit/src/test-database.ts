import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** Settings of a cluster whose content need not outlive the machine. */
export const QUICK: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  max_connections: '400',
};

export const TEMPLATE = 'runledger_test_template';

export async function connectTo(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

const nameIn = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

/** Every helper that deletes asks here first. */
export function assertTestDatabase(url: string): void {
  if (!nameIn(url).includes('test'))
    throw new Error(`database "${nameIn(url)}" is not one of the tests' (its name lacks "test"): nothing is deleted`);
}

export type TestDatabase = Readonly<{ url: string; name: string; drop(): Promise<void> }>;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Drops a database with whoever is connected to it. Refuses one whose name lacks `test`. */
export async function dropDatabase(url: string): Promise<void> {
  assertTestDatabase(url);
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = await connectTo(admin.href);
  try {
    await client.query(`drop database if exists ${quoted(nameIn(url))} with (force)`);
  } finally {
    await client.end();
  }
}

/** A copy of the migrated template, under a name of its own. */
export async function copyTemplate(clusterUrl: string, name: string): Promise<TestDatabase> {
  const full = `test_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_${randomBytes(5).toString('hex')}`;
  const client = await connectTo(clusterUrl);
  try {
    await client.query(`create database ${quoted(full)} template ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  const at = new URL(clusterUrl);
  at.pathname = `/${full}`;
  return { url: at.href, name: full, drop: () => dropDatabase(at.href) };
}
