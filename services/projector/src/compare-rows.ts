import type { Difference } from '@runledger/contracts/http';
import {
  type ComparedTable,
  digestRows,
  keepTables,
  NO_IDLE_LIMIT,
  type Projection,
  type RowDigest,
  rowsOfSubject,
  type ShadowName,
  type Standing,
  standingsOf,
} from '@runledger/postgres';
import type { DataSource, QueryRunner } from 'typeorm';
import { differing, type Found, type Pair } from './differences';

type Parts = Readonly<{
  source: DataSource;
  projection: Projection;
  name: ShadowName;
  tables: readonly ComparedTable[];
  rest(workedMs: number): Promise<void>;
}>;
type Calls = Readonly<{ found(one: Found): void; fill(standings: readonly Standing[]): Promise<void> }>;

/** Rows of one thing that are looked through for those that differ, and those that are shown. */
const LOOKED_THROUGH = 5_000;
const SHOWN = 3;
const LONGEST = 1_000;

/** As the engine orders text by collation "C". */
const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const compareSubjects = (a: RowDigest, b: RowDigest): number =>
  compareText(a.workspace, b.workspace) || compareText(a.id, b.id);

type Sides = Readonly<{ live: QueryRunner; shadow: QueryRunner }>;

const heldOf = (digest: RowDigest | null): Difference['expected'] =>
  digest === null ? null : { rows: digest.rows, digest: digest.digest };

/** A few rows that one side has and the other has not. */
function only(these: readonly string[], those: readonly string[]): string[] {
  const known = new Set(those);
  return these
    .filter((row) => !known.has(row))
    .slice(0, SHOWN)
    .map((row) => row.slice(0, LONGEST));
}

async function describe(
  { live, shadow }: Sides,
  name: ShadowName,
  table: ComparedTable,
  { expected, found }: Pair<RowDigest>,
): Promise<Found> {
  const subject = (expected ?? found) as RowDigest;
  const wanted = await rowsOfSubject(shadow, { table, side: name }, subject, LOOKED_THROUGH);
  const there = await rowsOfSubject(live, { table, side: 'live' }, subject, LOOKED_THROUGH);
  const difference: Difference = {
    kind: 'difference',
    workspace: subject.workspace,
    subject: `${subject.kind}/${subject.id}`,
    where: `postgres ${table.name}`,
    expected: heldOf(expected),
    found: heldOf(found),
    missing: only(wanted, there),
    unexpected: only(there, wanted),
    repaired: false,
  };
  return { difference, subject };
}

async function compareTable(sides: Sides, { name, rest }: Parts, table: ComparedTable, calls: Calls): Promise<void> {
  const begun = performance.now();
  const pairs = differing({
    expected: digestRows(sides.shadow, table, name),
    found: digestRows(sides.live, table, 'live'),
    compare: compareSubjects,
    isSame: (a, b) => a.digest === b.digest && a.rows === b.rows,
  });
  for await (const pair of pairs) calls.found(await describe(sides, name, table, pair));
  await rest(performance.now() - begun);
}

/**
 * Compares the shadow with what is live in one snapshot, in which rows and offsets belong together. Nobody waits for it but a
 * rebuild that would swap tables. Answers where the live side stood.
 */
export async function compareRows(parts: Parts, calls: Calls): Promise<readonly Standing[]> {
  const { source, projection, tables } = parts;
  const [live, shadow] = [source.createQueryRunner(), source.createQueryRunner()];
  try {
    // Before the snapshot: tables that change places behind it would seem empty in it.
    await shadow.startTransaction('READ COMMITTED');
    await shadow.query(NO_IDLE_LIMIT);
    await keepTables(shadow);
    await live.startTransaction('REPEATABLE READ');
    await live.query(NO_IDLE_LIMIT);
    const standings = await standingsOf(live, projection);
    await calls.fill(standings);
    for (const table of tables) await compareTable({ live, shadow }, parts, table, calls);
    return standings;
  } finally {
    for (const runner of [live, shadow]) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
    }
  }
}
