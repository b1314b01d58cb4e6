import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, uuidv7 } from '@runledger/kernel';
import type { Client } from 'pg';

/** The group as one member saw it. The generation moves by one with every change of the members. */
export type View = Readonly<{ generation: number; members: readonly string[]; joined: boolean }>;

export type MembershipOptions = Readonly<{
  group: string;
  beatMs: number;
  /** A member that has not been heard of for so long is out. */
  sessionMs: number;
  logger: Logger;
  run: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
}>;

/**
 * One statement, so that a member which is stopped in the middle holds up nobody. Members that are late are removed by
 * whoever sees it first, never while they are beating at this very moment (skip locked).
 */
const BEAT = `
  with late as (
    delete from custody.log_member where group_name = $1 and member in (
      select member from custody.log_member
      where group_name = $1 and member <> $2 and seen_at < clock_timestamp() - $3 * interval '1 millisecond'
      for update skip locked)
    returning member),
  me as (
    insert into custody.log_member (group_name, member, seen_at) values ($1, $2, clock_timestamp())
    on conflict (group_name, member) do update set seen_at = excluded.seen_at
    returning xmax = 0 as joined),
  changed as (
    insert into custody.log_group as g (group_name, generation)
    select $1, 1 where exists (select from late) or (select joined from me)
    on conflict (group_name) do update set generation = g.generation + 1
    returning generation, pg_notify('runledger_group', $1))
  select
    (select joined from me) as joined,
    coalesce((select generation from changed), (select generation from custody.log_group where group_name = $1), 0)
      as generation,
    array(
      select member from custody.log_member where group_name = $1 and member not in (select member from late)
      union select $2) as members`;

const LEAVE = `
  with gone as (delete from custody.log_member where group_name = $1 and member = $2 returning 1)
  update custody.log_group set generation = generation + 1 where group_name = $1 and exists (select from gone)
  returning pg_notify('runledger_group', $1)`;

/** Keeps this process a member of a group, and tells how the group changes. */
export class Membership {
  readonly member = uuidv7();
  readonly #options: MembershipOptions;
  readonly #onView: (view: View) => void;
  readonly #stopped = new AbortController();
  #lastBeat = Number.NEGATIVE_INFINITY;
  #isHeard = true;
  #beating: Promise<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(options: MembershipOptions, onView: (view: View) => void) {
    this.#options = options;
    this.#onView = onView;
  }

  /** Nobody has heard of us for so long that others may have taken our partitions. */
  get isOverdue(): boolean {
    return performance.now() - this.#lastBeat > this.#options.sessionMs;
  }

  /** Resolves once the group counts us in. */
  async join(): Promise<void> {
    await this.#beat();
    this.#running = this.#run();
  }

  /** Beats now rather than a second later. */
  look(): Promise<void> {
    this.#beating ??= this.#beat()
      .catch((error: unknown) => this.#missed(error))
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  async leave(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.#beating;
    const { group, run, logger } = this.#options;
    const leave = run((client) => client.query(LEAVE, [group, this.member]));
    await leave.catch((error: unknown) => logger.debug({ err: error, group }, 'left a group without a word'));
  }

  async #beat(): Promise<void> {
    const { group, sessionMs, run } = this.#options;
    const began = performance.now(); // before the server's own clock reading: never later than what others count from
    const { rows } = await run((client) =>
      client.query<{ joined: boolean; generation: string; members: string[] }>({
        name: 'log.beat',
        text: BEAT,
        values: [group, this.member, sessionMs],
      }),
    );
    const [row] = rows;
    if (row === undefined || this.#stopped.signal.aborted) return;
    this.#lastBeat = began;
    this.#isHeard = true;
    this.#onView({ generation: Number(row.generation), members: row.members, joined: row.joined });
  }

  /** Told once for each outage. */
  #missed(error: unknown): void {
    if (!this.#isHeard) return;
    this.#isHeard = false;
    this.#options.logger.warn({ err: error, group: this.#options.group }, 'a heartbeat did not reach the log');
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(this.#options.beatMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.look();
    }
  }
}
