import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { eventRecord } from '@runledger/contracts';
import { verifyBundle } from '@runledger/evidence';
import { cpuSeconds } from './cpu-seconds';
import { measureLatency } from './latency';
import { type LedgerShape, startLedgerShape } from './ledger-shape';
import { secondsOfHashes, writeMadeEvidence } from './made-evidence';

const EVENTS_A_RECORD = 20;
const RECORDS_A_BATCH = 100;
const RATE = 100_000;

const round = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const from = performance.now();
  const value = await work();
  return { seconds: (performance.now() - from) / 1_000, value };
}

/** Events of runs, past the door: what is measured is what the notary makes of them. */
async function publishEvents({ log }: LedgerShape, events: number): Promise<void> {
  const recorded = { source: 'bench', actor: 'bench', recordedtime: new Date().toISOString(), workspace: 'default' };
  const recordOf = (number: number) =>
    eventRecord({
      ...recorded,
      topic: 'runs',
      subject: `run/r${number % 500}`,
      events: Array.from({ length: EVENTS_A_RECORD }, (_, at) => ({
        id: `e-${number}-${at}`,
        type: 'tags.set',
        time: recorded.recordedtime,
        dataversion: 1,
        data: { tags: [{ key: `key-${at}`, value: String(number) }] },
      })),
    });
  const records = Math.ceil(events / EVENTS_A_RECORD);
  for (let first = 0; first < records; first += RECORDS_A_BATCH)
    await log.publish(
      Array.from({ length: Math.min(RECORDS_A_BATCH, records - first) }, (_, at) => recordOf(first + at)),
    );
}

/** Processor seconds for the same load, up to when it is shown and, where there is a notary, in a checkpoint. */
async function cpuOfLoad(shape: LedgerShape, seconds: number, notary: number | null) {
  const own = (): number => (notary === null ? 0 : cpuSeconds([notary]));
  const before = [shape.cpuSeconds(), own()] as const;
  await measureLatency(shape.door, { pointsPerSecond: RATE, seconds });
  if (notary !== null) await shape.published();
  return { all: shape.cpuSeconds() - before[0], own: own() - before[1] };
}

async function measureNotary(scale: number, say: (text: string) => void): Promise<Record<string, unknown>> {
  const shape = await startLedgerShape();
  try {
    const seconds = Math.max(5, 20 * scale);
    await measureLatency(shape.door, { pointsPerSecond: RATE, seconds: 3 }); // warm
    say(`without a notary: ${RATE.toLocaleString('en')} points a second for ${seconds} s …`);
    const without = await cpuOfLoad(shape, seconds, null);
    const events = 100_000 * scale;
    say(`${events.toLocaleString('en')} events that wait for a notary …`);
    await publishEvents(shape, events);
    const notary = await shape.startNotary();
    const drained = await timed(() => shape.published());
    const leavesPerSecond = Math.round(drained.value / drained.seconds);
    say(`  ${leavesPerSecond.toLocaleString('en')} leaves a second`);
    say('with a notary: the same load …');
    const withNotary = await cpuOfLoad(shape, seconds, notary);
    const share = { process: withNotary.own / withNotary.all, whole: 1 - without.all / withNotary.all };
    say(`  the notary's process takes ${round(100 * share.process)} % of ${round(withNotary.all)} processor seconds`);
    return {
      leaves: drained.value,
      leavesPerSecond,
      pointsPerSecond: RATE,
      seconds,
      cpuSecondsWithoutNotary: round(without.all),
      cpuSecondsWithNotary: round(withNotary.all),
      cpuSecondsOfNotaryProcess: round(withNotary.own, 2),
      percentOfNotaryProcess: round(100 * share.process),
      percentMoreThanWithout: round(100 * share.whole),
    };
  } finally {
    await shape.stop();
  }
}

async function readAndHash(path: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) hash.update(chunk as Buffer);
  hash.digest();
}

async function measureVerify(events: number, say: (text: string) => void): Promise<Record<string, unknown>> {
  const folder = mkdtempSync('/var/tmp/runledger-bench-');
  const path = `${folder}/evidence.tar`;
  try {
    say(`evidence of ${events.toLocaleString('en')} events …`);
    const written = await timed(() => writeMadeEvidence(events, path));
    const mebibytes = statSync(path).size / 2 ** 20;
    await readAndHash(path); // into the cache, for both alike
    const twice = await timed(async () => {
      await readAndHash(path);
      await readAndHash(path);
    });
    const hashes = secondsOfHashes(events);
    const verified = await timed(() => verifyBundle(path, [written.value]));
    const times = round(verified.seconds / twice.seconds, 2);
    say(
      `  ${round(mebibytes)} MiB: verified in ${round(verified.seconds)} s, read and hashed twice in ${round(twice.seconds)} s, hashes of leaves, tree and payloads alone ${round(hashes)} s`,
    );
    return {
      events,
      mebibytes: round(mebibytes),
      writtenSeconds: round(written.seconds),
      readAndHashedTwiceSeconds: round(twice.seconds, 2),
      hashesOfTheFormatsSeconds: round(hashes, 2),
      verifiedSeconds: round(verified.seconds, 2),
      timesOfReadingAndHashingTwice: times,
      peakMiB: round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The budgets of the ledger: leaves a second, what the notary costs beside the pipeline, and how long a verifier takes. */
export async function measureLedger(scale: number, say: (text: string) => void): Promise<Record<string, unknown>> {
  return { verify: await measureVerify(1_000_000 * scale, say), notary: await measureNotary(scale, say) };
}
