import type { SearchAnswer } from '@runledger/contracts/http';
import { patchPages } from './patch-pages';

const run = (id: string, name = id) => ({ run: id, name }) as SearchAnswer['runs'][number];
const page = (...ids: string[]): SearchAnswer => ({ runs: ids.map((id) => run(id)), count: null, nextPageToken: null });
const pages = [page('a', 'b'), page('c')];

it('takes what moved into the pages, and leaves the others alone', () => {
  const { pages: now, isStale } = patchPages(pages, new Set(['b']), [run('b', 'new')]);
  expect(now[0]?.runs.map(({ name }) => name)).toEqual(['a', 'new']);
  expect(now[1]).toBe(pages[1]);
  expect(isStale).toBe(false);
});

it('tells of runs that are missing, or do not match any more', () => {
  expect(patchPages(pages, new Set(['d']), [run('d')]).isStale).toBe(true);
  expect(patchPages(pages, new Set(['c']), []).isStale).toBe(true);
  expect(patchPages(pages, new Set(['elsewhere']), []).isStale).toBe(false);
});
