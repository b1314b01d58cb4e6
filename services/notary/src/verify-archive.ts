import { isDamage } from '@runledger/bus';
import type { CheckResult, Difference } from '@runledger/contracts/http';
import { type Fault, isFault } from '@runledger/kernel';
import { type KeptRange, keepCheckResult } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { ArchivePorts } from './archive-ports';
import { entryOf, verifyRange } from './verify-range';

/** What the result is kept under. */
const ARCHIVE_CHECK = 'archive';
/** Differences that the result repeats. */
const KEPT = 100;

function differenceOf({ topic, partition, first, next, digest }: KeptRange, where: string, told: string): Difference {
  return {
    kind: 'difference',
    workspace: '',
    subject: `${topic}/${partition}`,
    where,
    expected: { rows: next - first, digest },
    found: null,
    missing: [],
    unexpected: [told],
    repaired: false,
  };
}

const isFound = (error: unknown): error is Fault =>
  isDamage(error) || (isFault(error) && error.code === 'NOTARY_LOG_GAP');

async function* verifyOne(ports: ArchivePorts, range: KeptRange, before: KeptRange | null): AsyncGenerator<Difference> {
  const { first, next, previous } = range;
  if (first !== (before?.next ?? 0) || previous !== (before?.digest ?? null))
    yield differenceOf(
      range,
      'archive: the list in Postgres',
      `offsets ${first} to ${next - 1} do not follow the range before`,
    );
  const { name, text } = entryOf(range);
  const entry = await ports.texts.get(name);
  if (entry !== text)
    yield differenceOf(
      range,
      'archive: the list beside the files',
      `${name} ${entry === null ? 'is missing' : 'says something else'}`,
    );
  try {
    await verifyRange(ports, range);
  } catch (error) {
    if (!isFound(error)) throw error;
    yield differenceOf(range, 'archive: the files', `${error.message} (${error.code})`);
  }
}

/** Reads every file of the archive back. Names what is not as it was written; the result is kept. */
export async function* verifyArchive(ports: ArchivePorts, source: DataSource): AsyncGenerator<Difference, CheckResult> {
  const startedAt = new Date().toISOString();
  const found: Difference[] = [];
  let [records, compared, differences] = [0, 0, 0];
  for (const { topic, partition } of await ports.ranges.standings()) {
    let before: KeptRange | null = null;
    for await (const range of ports.ranges.of(topic, partition)) {
      for await (const difference of verifyOne(ports, range, before)) {
        differences++;
        if (found.length < KEPT) found.push(difference);
        yield difference;
      }
      records += range.next - range.first;
      compared++;
      before = range;
    }
  }
  const finishedAt = new Date().toISOString();
  const result: CheckResult = {
    kind: 'result',
    startedAt,
    finishedAt,
    records,
    compared,
    differences,
    repaired: 0,
    found,
  };
  await keepCheckResult(source, ARCHIVE_CHECK, result);
  return result;
}
