import type { SearchAnswer, SearchQuestion } from '@runledger/contracts/http';
import type { Server } from './server';

export type FoundRun = SearchAnswer['runs'][number];
const PAGE = 1_000;

/** Runs that match, page by page, at most `limit`. */
export async function findRuns(server: Server, question: SearchQuestion, limit: number): Promise<FoundRun[]> {
  const runs: FoundRun[] = [];
  let pageToken: string | undefined;
  while (runs.length < limit) {
    const page = { limit: Math.min(PAGE, limit - runs.length), ...(pageToken === undefined ? {} : { pageToken }) };
    const answer = await server.ask<SearchAnswer>('search', { ...question, ...page });
    runs.push(...answer.runs);
    if (answer.nextPageToken === null) break;
    pageToken = answer.nextPageToken;
  }
  return runs;
}
