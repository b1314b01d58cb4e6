import type { Reach } from '@runledger/contracts';
import type { ExportBody } from '@runledger/contracts/http';
import { parseFilter } from '@runledger/filter';
import type { RunSearches, SearchPlace } from '@runledger/postgres';

const PAGE = 1_000;

/** Ids of the runs that an export asks for. @throws Fault invalid FILTER_… */
export async function exportedRuns(search: RunSearches, reach: Reach, asked: ExportBody): Promise<readonly string[]> {
  const { runs, experiments, projects, lifecycle } = asked;
  if (runs !== undefined) return runs;
  const filter = parseFilter(asked.filter, 'run');
  const found: string[] = [];
  let after: SearchPlace | undefined;
  do {
    const page = await search.find({
      reach,
      experiments,
      projects,
      lifecycle,
      filter,
      order: [],
      after,
      limit: PAGE,
    });
    for (const { run } of page.runs) found.push(run);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}
