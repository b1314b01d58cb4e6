import type { Reach } from '@runledger/contracts';
import type { FacetsBody, SearchBody } from '@runledger/contracts/http';
import { type Filter, type Order, parseFilter, parseOrder } from '@runledger/filter';
import type { AsOf, FoundRun, RunMetric, TextFacet } from '@runledger/postgres';
import type { Use } from '@runledger/reads';
import { z } from 'zod';
import { paramValue, runAnswerOf } from './answers';
import type { QueryRoom } from './query-room';

const place = z.array(z.string().nullable());

function mentionsMetrics(filter: Filter): boolean {
  switch (filter.is) {
    case 'all':
    case 'any':
      return filter.terms.some(mentionsMetrics);
    case 'not':
      return mentionsMetrics(filter.term);
    default:
      return filter.field.part === 'metric';
  }
}

/** The projections that an answer is made of: metadata always, series where a metric is looked at or shown. */
function usesOf(filter: Filter, order: readonly Order[], { columns }: SearchBody): Use[] {
  const looksAtMetrics =
    columns.metrics !== undefined || order.some(({ field }) => field.part === 'metric') || mentionsMetrics(filter);
  return looksAtMetrics ? ['runs', 'series'] : ['runs'];
}

const metricAnswerOf = ({ name, value, step, time, last, min, max }: RunMetric) => ({
  key: name,
  value,
  step,
  time,
  last: last.value,
  min: min ?? Number.NaN,
  max: max ?? Number.NaN,
});

const foundAnswerOf = (found: FoundRun) => ({
  ...runAnswerOf(found),
  params: found.params.map((param) => ({ key: param.key, value: paramValue(param) })),
  tags: found.tags.map(({ key, value }) => ({ key, value })),
  metrics: found.metrics.map(metricAnswerOf),
  inputs: found.inputs.map(({ name, digest, context, tags }) => ({ name, digest, context, tags })),
});

type Asking = Readonly<{
  reach: Reach;
  settle: (uses: readonly Use[]) => Promise<AsOf | undefined>;
  moment: string | undefined;
}>;

/** One page of a search. @throws Fault invalid FILTER_…, READS_BAD_PAGE_TOKEN */
export async function searchRuns({ pages, search }: QueryRoom, { reach, settle, moment }: Asking, body: SearchBody) {
  const filter = parseFilter(body.filter, 'run');
  const order = parseOrder(body.orderBy, 'run');
  const { experiments, projects, lifecycle, limit, columns } = body;
  // A page goes on in the same list; how much of each run is shown, and how many, is free.
  const list = ['search', reach.workspace, body.filter, body.orderBy, experiments, projects, lifecycle, moment];
  const after = pages.open(list, body.pageToken, place);
  const asOf = await settle(usesOf(filter, order, body));
  const scope = { reach, experiments, projects, lifecycle, asOf };
  const [{ runs, next }, count] = await Promise.all([
    search.find({ ...scope, filter, order, after, limit, columns }),
    body.count ? search.count({ ...scope, filter }) : null,
  ]);
  return { runs: runs.map(foundAnswerOf), count, nextPageToken: next === null ? null : pages.seal(list, next) };
}

const textFacetAnswerOf = (facet: TextFacet, runs: number) => ({
  ...facet,
  varies: facet.distinct > 1 || facet.runs < runs,
});

/** What the matching runs have. @throws Fault invalid FILTER_… */
export async function facetRuns({ search }: QueryRoom, { reach, settle }: Asking, body: FacetsBody) {
  const filter = parseFilter(body.filter, 'run');
  const { experiments, projects, lifecycle } = body;
  const asOf = await settle(['runs', 'series']);
  const found = await search.facets({ reach, experiments, projects, lifecycle, filter, asOf });
  const { isComplete, params, tags, ...rest } = found;
  return {
    ...rest,
    complete: isComplete,
    params: params.map((facet) => textFacetAnswerOf(facet, found.runs)),
    tags: tags.map((facet) => textFacetAnswerOf(facet, found.runs)),
  };
}
