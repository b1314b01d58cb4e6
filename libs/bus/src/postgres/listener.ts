import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect, drop, type Target } from './connection';

export type Heard = Readonly<{
  /** `by`: process id of the connection that says it. */
  notice(channel: string, payload: string, by: number): void;
  /** Listening again after a break: what was said meanwhile is lost. */
  again(): void;
}>;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** Listens to channels on a connection of its own, and gets itself a new one whenever it breaks. */
export class Listener {
  readonly #target: Target;
  readonly #channels: readonly string[];
  readonly #heard: Heard;
  readonly #stopped = new AbortController();
  #client: Client | undefined;
  #running: Promise<void> | undefined;

  constructor(target: Target, channels: readonly string[], heard: Heard) {
    this.#target = target;
    this.#channels = channels;
    this.#heard = heard;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#client) drop(this.#client);
    await this.#running;
  }

  async #run(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#listen(() => {
          wait = FIRST_WAIT_MS;
        });
      } catch (error) {
        this.#target.logger.debug({ err: error }, 'not listening to the log; it is polled meanwhile');
      }
      await sleep(wait, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** Resolves when the connection has ended. */
  async #listen(onListening: () => void): Promise<void> {
    const client = await connect(this.#target);
    this.#client = client;
    const ended = new Promise<void>((done) => client.once('end', done));
    client.on('notification', ({ channel, payload, processId }) =>
      this.#heard.notice(channel, payload ?? '', processId),
    );
    if (this.#stopped.signal.aborted) return drop(client);
    await client.query(this.#channels.map((channel) => `listen ${channel}`).join('; '));
    onListening();
    this.#heard.again();
    await ended;
  }
}
