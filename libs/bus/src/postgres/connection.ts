import { Fault, type Logger } from '@runledger/kernel';
import { Client, DatabaseError } from 'pg';
import { full, unavailable } from '../log-fault';

export type Target = Readonly<{
  url: string;
  connectMs: number;
  /** How long a statement may wait for a lock. */
  lockMs: number;
  logger: Logger;
  /** The log that this process has opened; another one in its place is refused. */
  incarnation?: string;
}>;

/**
 * Set on every connection, whatever role, database or URL say. Values come as arrays of some megabytes: a plan made for
 * each of them would copy them, and unnest would spill them to disk. What we no longer wait for shall not wait either.
 */
const settings = (lockMs: number): string => `
  set synchronous_commit = on;
  set plan_cache_mode = force_generic_plan;
  set work_mem = '64MB';
  set lock_timeout = ${lockMs};
  set client_connection_check_interval = '1s';`;

const UNDEFINED_TABLE = '42P01';

export async function connect(target: Target): Promise<Client> {
  const client = new Client({
    connectionString: target.url,
    connectionTimeoutMillis: target.connectMs,
    keepAlive: true,
    application_name: 'runledger-log',
  });
  // A connection that breaks while nobody uses it would otherwise end the process; its next use reports it.
  client.on('error', (error) => target.logger.debug({ err: error }, 'a connection of the log broke'));
  try {
    await client.connect();
    await client.query(settings(target.lockMs));
    if (target.incarnation !== undefined && (await readIncarnation(client)) !== target.incarnation)
      throw new Fault('unavailable', 'BUS_UNAVAILABLE', 'another log stands in the place of this one; start again');
    return client;
  } catch (error) {
    drop(client);
    throw error;
  }
}

/** @throws Fault unsupported BUS_NOT_MIGRATED */
export async function readIncarnation(client: Client): Promise<string> {
  try {
    const { rows } = await client.query<{ id: string }>('select id from custody.log_incarnation');
    if (rows[0]) return rows[0].id;
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === UNDEFINED_TABLE)) throw error;
  }
  throw new Fault('unsupported', 'BUS_NOT_MIGRATED', 'this database has no log; run the migrations first');
}

type Socket = { connection: { stream: { destroy(): void } } };

/** Says goodbye, if the server is there to hear it. */
export async function end(client: Client): Promise<void> {
  await withDeadline(client.end(), 1_000, () => undefined).catch(() => undefined);
  drop(client);
}

/** Ends a connection at once, in whatever state it is. What it has sent may still be carried out by the server. */
export function drop(client: Client): void {
  (client as unknown as Socket).connection.stream.destroy();
}

/** Whether the connection can go on after this error: the server answered, and did not say that it is leaving. */
export const isAnswered = (error: unknown): boolean =>
  error instanceof DatabaseError && !/^(57P|08)/.test(error.code ?? '');

/** Whether the statement failed for what was in it: another one on the same connection may succeed. */
export const isAboutData = (error: unknown): boolean =>
  error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? '');

/** What a failure of Postgres is to a caller of the log. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof DatabaseError && error.code === '53100') return full(error);
  if (isAboutData(error) || (error instanceof DatabaseError && /^42/.test(error.code ?? '')))
    return new Fault('bug', 'BUS_BAD_STATEMENT', 'Postgres refused a statement of the log', { cause: error });
  return unavailable(error);
}

/** The promise, or after `ms` a rejection; `late` then ends what still runs. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      late();
      failed(unavailable(new Error(`no answer within ${ms} ms`)));
    }, ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Of the server's process that serves the connection, as notifications name it; the types of pg leave it out. */
export const processIdOf = (client: Client): number | null =>
  (client as Client & { readonly processID: number | null }).processID;
