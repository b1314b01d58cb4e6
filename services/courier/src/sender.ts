import { randomUUID } from 'node:crypto';
import { type Commands, webhookRules } from '@runledger/commands';
import { wholeWorkspace } from '@runledger/contracts';
import { failpoint, isFault, type Logger } from '@runledger/kernel';
import type { Outbound } from '@runledger/outbound';
import {
  advance,
  type Claim,
  claimEndpoints,
  type FeedEntry,
  giveBack,
  isTold,
  type Posted,
  post,
  putOff,
  readFeed,
  type Vault,
  waitAfter,
} from '@runledger/webhooks';
import type { DataSource } from 'typeorm';

export type SenderDeps = Readonly<{
  source: DataSource;
  outbound: Outbound;
  vault: Pick<Vault, 'reveal'>;
  commands: Commands;
  logger: Logger;
  /** How often to look without having been woken. */
  pollMs?: number;
  /** A receiver that has failed for so long, without a success in between, is paused. */
  deadAfterMs?: number;
  /** How long to wait after so many failures in a row. */
  wait?: typeof waitAfter;
}>;

export type Sender = Readonly<{ wake(): void; start(): void; stop(): Promise<void> }>;

/** By whom a dead webhook is paused. */
const COURIER = 'courier';
const POLL_MS = 500;
const DEAD_AFTER_MS = 24 * 60 * 60_000;
/** Endpoints served at a time; one that is slow holds up nobody but itself. */
const MOST_AT_A_TIME = 32;
const ENTRIES_PER_READ = 50;
const GONE = 410;

async function pause({ commands, logger }: SenderDeps, claim: Claim, reason: string): Promise<void> {
  const { workspace, webhook } = claim;
  const command = { name: 'pause-webhook', webhook, reason: reason.slice(0, 1_000) } as const;
  await commands.run(webhookRules, { workspace, actor: COURIER }, { id: randomUUID(), fields: command, command });
  logger.warn({ workspace, webhook, reason }, 'a webhook is paused: its receiver is dead');
}

async function fail(deps: SenderDeps, claim: Claim, { status, error, retryAfter }: Posted): Promise<void> {
  const { source, wait = waitAfter, deadAfterMs = DEAD_AFTER_MS } = deps;
  const said = error ?? 'it was not delivered';
  const waitMs = wait(claim.failures + 1, retryAfter);
  if (!(await putOff(source, claim, { error: said, status, waitMs }))) return;
  const failingMs = claim.failingSince === null ? 0 : Date.now() - claim.failingSince.getTime();
  if (status === GONE || failingMs > deadAfterMs) await pause(deps, claim, said);
}

type Sending = SenderDeps & Readonly<{ stopping: AbortSignal }>;

/** One entry after the other, in the order of the feed. True: all of them are done. */
async function sendAll(deps: Sending, claim: Claim, entries: readonly FeedEntry[]): Promise<boolean> {
  const { workspace, webhook, url, secret } = claim;
  for (const { place, source, body } of entries.filter((entry) => isTold(claim, entry))) {
    const posted = await post(deps, { workspace, webhook, url, secret, source, body });
    failpoint('courier.after-post');
    if (!posted.delivered || posted.status === null) {
      // What the end of this process has cut is no failure of the receiver.
      await (deps.stopping.aborted ? giveBack(deps.source, claim) : fail(deps, claim, posted));
      return false;
    }
    if (!(await advance(deps.source, claim, place, { status: posted.status }))) return false;
  }
  const last = entries.at(-1);
  return last !== undefined && advance(deps.source, claim, last.place, null);
}

async function serve(deps: Sending, claim: Claim): Promise<void> {
  const entries = await readFeed(deps.source, wholeWorkspace(claim.workspace), claim.place, ENTRIES_PER_READ);
  if (await sendAll(deps, claim, entries)) await giveBack(deps.source, claim);
}

/** A failure of our own (a database, a key) is no failure of the receiver: its turn comes again, and nothing is counted. */
async function serveSafely(deps: Sending, claim: Claim): Promise<void> {
  const { source, logger } = deps;
  const { workspace, webhook } = claim;
  try {
    await serve(deps, claim);
  } catch (err) {
    logger.error({ err, workspace, webhook }, 'a webhook could not be served; again when its hold has run out');
    if (isFault(err) && err.kind === 'bug')
      await putOff(source, claim, { error: err.message, status: null, waitMs: waitAfter(claim.failures + 1, null) });
  }
}

/** Sends what is due, until it is stopped. Many processes may have one. */
export function createSender(deps: SenderDeps): Sender {
  const { source, logger, pollMs = POLL_MS } = deps;
  const holder = randomUUID();
  const serving = new Set<Promise<void>>();
  const stopping = new AbortController();
  let ring: () => void = () => undefined;
  let rung = false;
  let done: Promise<void> = Promise.resolve();

  const wake = (): void => {
    rung = true;
    ring();
  };

  function waitForNews(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
      if (rung || stopping.signal.aborted) ring();
    });
  }

  function begin(claim: Claim): void {
    const one = serveSafely({ ...deps, stopping: stopping.signal }, claim).finally(() => {
      serving.delete(one);
      wake(); // it may have more
    });
    serving.add(one);
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      await waitForNews();
      rung = false;
      const room = MOST_AT_A_TIME - serving.size;
      if (stopping.signal.aborted || room === 0) continue;
      try {
        for (const claim of await claimEndpoints(source, `${holder}/${randomUUID()}`, room)) begin(claim);
      } catch (err) {
        logger.warn({ err }, 'webhooks could not be looked for; they will be');
      }
    }
  }

  return {
    wake,
    start() {
      done = work();
    },
    async stop() {
      stopping.abort();
      ring();
      await done;
      await deps.outbound.close();
      await Promise.allSettled(serving);
    },
  };
}
