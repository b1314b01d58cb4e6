import type {
  CompareAnswer,
  CompareQuestion,
  ConsoleAnswer,
  CurvesAnswer,
  CurvesQuestion,
  ExperimentAnswer,
  ExperimentsAnswer,
  FacetsAnswer,
  MetricNamesAnswer,
  MetricsAnswer,
  NoteAnswer,
  NoteHistoryAnswer,
  ReceiptsAnswer,
  RunAnswer,
  RunHistoryAnswer,
  SearchAnswer,
  SearchQuestion,
  ViewAnswer,
  ViewsAnswer,
  WritersAnswer,
} from '@runledger/contracts/http';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from './api';

/** Every read of the interface by name. The first words of a key are what live updates call out of date. */
const PAGE = 500;
/** Rows that fill a screen, and are there sooner than a page. */
const FIRST_PAGE = 100;
const NEXT = { initialPageParam: undefined as string | undefined };
const nextOf = (page: { nextPageToken: string | null }): string | undefined => page.nextPageToken ?? undefined;

export const experimentsRead = () =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['experiments'],
    queryFn: ({ pageParam, signal }) =>
      call<ExperimentsAnswer>(`experiments${queryOf({ limit: PAGE, page_token: pageParam })}`, { signal }),
    getNextPageParam: nextOf,
  });

export const experimentRead = (experiment: string) =>
  queryOptions({
    queryKey: ['experiment', experiment],
    queryFn: ({ signal }) => call<ExperimentAnswer>(at`experiments/${experiment}`, { signal }),
  });

export type RunsAsked = Pick<SearchQuestion, 'filter' | 'orderBy' | 'lifecycle'> &
  Readonly<{ metrics: readonly string[] }>;

export const runsRead = (experiment: string, { filter, orderBy, lifecycle = 'active', metrics }: RunsAsked) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['runs', experiment, filter, orderBy, lifecycle, metrics],
    queryFn: ({ pageParam, signal }) => {
      const body: SearchQuestion = {
        experiments: [experiment],
        lifecycle,
        ...(filter === undefined ? {} : { filter }),
        ...(orderBy === undefined ? {} : { orderBy }),
        columns: { params: 'all', tags: 'all', metrics: [...metrics] },
        limit: pageParam === undefined ? FIRST_PAGE : PAGE,
        count: pageParam === undefined,
        ...(pageParam === undefined ? {} : { pageToken: pageParam }),
      };
      return call<SearchAnswer>('search', { method: 'POST', body, signal });
    },
    getNextPageParam: nextOf,
    placeholderData: keepPreviousData,
  });

const FEW = 8;

/** A few runs of the workspace whose names contain this text, the newest first. */
export const runsNamedRead = (text: string) =>
  queryOptions({
    queryKey: ['runs-named', text],
    queryFn: ({ signal }) => {
      const pattern = text.replaceAll("'", "''").replaceAll(/[%_\\]/g, '_');
      const body: SearchQuestion = { filter: `run_name ILIKE '%${pattern}%'`, limit: FEW };
      return call<SearchAnswer>('search', { method: 'POST', body, signal });
    },
  });

const SOME_NAMES = 500;

/** Names of metrics in an experiment, as its newest runs have them; those that contain `search`. */
export const metricNamesRead = (experiment: string, search = '') =>
  queryOptions({
    queryKey: ['metric-names', experiment, search],
    queryFn: ({ signal }) => {
      const query = queryOf({ experiment, search: search === '' ? undefined : search, limit: SOME_NAMES });
      return call<MetricNamesAnswer>(`metric-names${query}`, { signal });
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

/** What the runs of an experiment have: up to 500 params and tags each with their frequent values, those of most runs first. */
export const runFacetsRead = (experiment: string) =>
  queryOptions({
    queryKey: ['run-facets', experiment],
    queryFn: ({ signal }) =>
      call<FacetsAnswer>('search/facets', { method: 'POST', body: { experiments: [experiment] }, signal }),
    staleTime: 60_000,
  });

/** Those of some runs that a table shows, as they are now. */
export const movedRunsRead = (experiment: string, asked: RunsAsked, runs: readonly string[]) =>
  queryOptions({
    queryKey: ['moved-runs', experiment, asked, runs],
    queryFn: ({ signal }) => {
      const these = `run_id IN (${runs.map((run) => `'${run}'`).join(', ')})`;
      const body: SearchQuestion = {
        experiments: [experiment],
        filter: asked.filter === undefined || asked.filter === '' ? these : `(${asked.filter}) AND ${these}`,
        lifecycle: asked.lifecycle ?? 'active',
        columns: { params: 'all', tags: 'all', metrics: [...asked.metrics] },
        limit: 1_000,
      };
      return call<SearchAnswer>('search', { method: 'POST', body, signal });
    },
    staleTime: 0,
    gcTime: 0,
  });

const MOST_RANKED = 500;

/** The first runs in this order, with their params and this metric. */
export const bestRunsRead = (experiment: string, asked: { filter: string; order: string; metric: string }) =>
  queryOptions({
    queryKey: ['runs', experiment, 'best', asked],
    queryFn: ({ signal }) => {
      const body: SearchQuestion = {
        experiments: [experiment],
        filter: asked.filter,
        orderBy: [asked.order],
        columns: { params: 'all', metrics: [asked.metric] },
        limit: MOST_RANKED,
      };
      return call<SearchAnswer>('search', { method: 'POST', body, signal });
    },
  });

export const runRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'facts'],
    queryFn: ({ signal }) => call<RunAnswer>(at`runs/${run}`, { signal }),
  });

/** Part of what a live run calls out of date. */
export const runHistoryRead = (run: string) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['run', run, 'history'],
    queryFn: ({ pageParam, signal }) =>
      call<RunHistoryAnswer>(at`runs/${run}/history` + queryOf({ limit: 200, page_token: pageParam }), { signal }),
    getNextPageParam: nextOf,
  });

export const noteRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'note'],
    queryFn: ({ signal }) => call<NoteAnswer>(at`runs/${run}/note`, { signal }),
  });

/** The last hundred texts. */
export const noteHistoryRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'note-history'],
    queryFn: ({ signal }) =>
      call<NoteHistoryAnswer>(at`runs/${run}/note/history` + queryOf({ limit: 100 }), { signal }),
  });

export const viewsRead = (experiment: string) =>
  queryOptions({
    queryKey: ['views', experiment],
    queryFn: ({ signal }) => call<ViewsAnswer>(`views${queryOf({ experiment, limit: 1_000 })}`, { signal }),
  });

export const viewRead = (view: string) =>
  queryOptions({
    queryKey: ['view', view],
    queryFn: ({ signal }) => call<ViewAnswer>(at`views/${view}`, { signal }),
  });

export const receiptsRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'receipts'],
    queryFn: ({ signal }) => call<ReceiptsAnswer>(at`runs/${run}/receipts` + queryOf({ limit: 100 }), { signal }),
  });

/** Processes (ranks) that logged to a run, which of them began anew, and what it was forked from. */
export const writersRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'writers'],
    queryFn: ({ signal }) => call<WritersAnswer>(at`runs/${run}/writers`, { signal }),
  });

export const metricsRead = (run: string) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['run', run, 'metrics'],
    queryFn: ({ pageParam, signal }) =>
      call<MetricsAnswer>(at`runs/${run}/metrics` + queryOf({ limit: 1_000, page_token: pageParam }), { signal }),
    getNextPageParam: nextOf,
  });

/**
 * Curves. The words before the question say what they belong to, so that a live run calls its own out of date. `asOf`: as they stood then, which
 * no later point moves; null: now.
 */
export const curvesRead = (belongsTo: readonly string[], body: CurvesQuestion, asOf: string | null = null) =>
  queryOptions({
    queryKey: [...(asOf === null ? belongsTo : ['frozen', asOf]), 'curves', body],
    queryFn: ({ signal }) =>
      call<CurvesAnswer>(`curves${queryOf({ as_of: asOf ?? undefined })}`, { method: 'POST', body, signal }),
    placeholderData: keepPreviousData,
    ...(asOf === null ? {} : { staleTime: Number.POSITIVE_INFINITY }),
  });

const scopeOf = (runs: readonly string[]) =>
  ({ filter: `run_id IN (${runs.map((run) => `'${run}'`).join(', ')})`, lifecycle: 'all' }) as const;

/** What these runs have: up to 500 params, tags and metrics each, those that most of them have first. */
export const comparedFacetsRead = (runs: readonly string[]) =>
  queryOptions({
    queryKey: ['compared-facets', runs],
    queryFn: ({ signal }) => call<FacetsAnswer>('search/facets', { method: 'POST', body: scopeOf(runs), signal }),
    staleTime: 60_000,
  });

/** Runs to compare, with what they were given, and these metrics of what came out. */
export const comparedRead = (runs: readonly string[], metrics: readonly string[]) =>
  queryOptions({
    queryKey: ['compared', 'runs', runs, metrics],
    queryFn: ({ signal }) => {
      const body: SearchQuestion = {
        ...scopeOf(runs),
        columns: { params: 'all', tags: 'all', metrics: [...metrics] },
        limit: 1_000,
      };
      return call<SearchAnswer>('search', { method: 'POST', body, signal });
    },
  });

const compared = (body: CompareQuestion, signal: AbortSignal) =>
  call<CompareAnswer>('compare', { method: 'POST', body, signal });

/** Which params matter to one of a metric's values. */
export const importanceRead = (runs: readonly string[], of: NonNullable<CompareQuestion['importance']>) =>
  queryOptions({
    queryKey: ['compared-importance', runs, of],
    queryFn: ({ signal }) => compared({ runs: [...runs], metrics: [], importance: of }, signal),
    staleTime: 60_000,
  });

/** What differs in code, environment, packages and inputs, with the differences of uncommitted changes. */
export const codeRead = (runs: readonly string[], baseline: string) =>
  queryOptions({
    queryKey: ['compared-code', runs, baseline],
    queryFn: ({ signal }) => compared({ runs: [...runs], baseline, metrics: [], patches: true }, signal),
    staleTime: 60_000,
  });

type LinesAsked = Readonly<{ contains: string; stream: 'all' | 'stdout' | 'stderr' }>;

/** The last lines that a run printed; each further page lies before. */
export const consoleRead = (run: string, { contains, stream }: LinesAsked) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['run', run, 'console', contains, stream],
    queryFn: ({ pageParam, signal }) => {
      const narrowed = { contains: contains || undefined, stream: stream === 'all' ? undefined : stream };
      const query = queryOf({ tail: 'true', limit: 500, page_token: pageParam, ...narrowed });
      return call<ConsoleAnswer>(at`runs/${run}/console` + query, { signal });
    },
    getNextPageParam: nextOf,
  });
