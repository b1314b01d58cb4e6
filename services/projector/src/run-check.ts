import type { CheckResult, Difference, Progress } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import { keepCheckResult, PROJECTIONS, takeTurn } from '@runledger/postgres';
import { damageDifference, withArchive } from './archive-damage';
import { checkJournal } from './check-journal';
import { type CheckDeps, type CheckOptions, ProjectionCheck } from './check-projection';

/** Differences that a result keeps; all of them are told. */
const KEPT = 100;

/**
 * Reads the whole log again and compares what it comes to with what people read, and the journal with the log. Tells each
 * difference as it is found, and keeps the result. @throws Fault conflict PROJECTOR_CHECK_UNDER_WAY
 */
export async function runCheck(deps: CheckDeps, options: CheckOptions): Promise<CheckResult> {
  const release = await takeTurn(deps.source, options.name);
  if (release === null)
    throw new Fault('conflict', 'PROJECTOR_CHECK_UNDER_WAY', 'a check is under way; ask again when it has ended');
  try {
    const startedAt = new Date().toISOString();
    const differences: Difference[] = [];
    let [records, compared, count, repaired] = [0, 0, 0, 0];
    const tell = (event: Progress | Difference): void => {
      if (event.kind === 'difference') {
        count++;
        if (event.repaired) repaired++;
        if (differences.length < KEPT) differences.push(event);
      }
      options.tell(event);
    };
    for (const projection of PROJECTIONS) {
      const check = new ProjectionCheck(deps, projection, { ...options, tell });
      await check.run();
      records += check.records;
      compared += check.compared;
    }
    await withArchive(
      () => checkJournal(deps, { ...options, tell }),
      (damage) => tell(damageDifference(damage)),
    );
    compared++;
    const result: CheckResult = {
      kind: 'result',
      startedAt,
      finishedAt: new Date().toISOString(),
      records,
      compared,
      differences: count,
      repaired,
      found: differences,
    };
    await keepCheckResult(deps.source, options.name, result);
    return result;
  } finally {
    await release();
  }
}
