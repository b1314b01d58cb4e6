import type {
  InventoryAnswer,
  ModelInventoryAnswer,
  ObjectivesAnswer,
  ResultsAnswer,
  ResultsBody,
  RunResultsAnswer,
  VersionGovernanceAnswer,
} from '@runledger/contracts/http';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from './api';

const PAGE = 200;
/** Nothing tells of new decisions, so they are looked for, while somebody watches. */
const LOOK_MS = 10_000;

export const runResultsRead = (run: string) =>
  queryOptions({
    queryKey: ['run', run, 'objectives'],
    queryFn: ({ signal }) => call<RunResultsAnswer>(at`runs/${run}/objectives`, { signal }),
    refetchInterval: LOOK_MS,
  });

/** Objectives of one scope that hold now; more than a thousand nobody reads. */
export const objectivesRead = (scope: Readonly<{ experiment?: string; project?: string }>) =>
  queryOptions({
    queryKey: ['objectives', scope],
    queryFn: ({ signal }) => call<ObjectivesAnswer>(`objectives${queryOf({ ...scope, limit: 1_000 })}`, { signal }),
  });

const results = (runs: readonly string[], signal: AbortSignal): Promise<ResultsAnswer> => {
  const body: ResultsBody = { runs: [...runs] };
  return call<ResultsAnswer>('objectives/results', { method: 'POST', body, signal });
};
/** What these runs come to; called out of date with the runs of their experiment. */
export const resultsRead = (experiment: string, runs: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', experiment, 'results', runs],
    queryFn: ({ signal }) => results(runs, signal),
  });
/** The same of runs that are compared. */
export const comparedResultsRead = (runs: readonly string[]) =>
  queryOptions({ queryKey: ['compared', 'results', runs], queryFn: ({ signal }) => results(runs, signal) });

const governancePath = (model: string, version: number): string =>
  at`models/${model}/versions/${String(version)}/governance`;
export const versionGovernanceRead = (model: string, version: number) =>
  queryOptions({
    queryKey: ['model', model, 'governance', version],
    queryFn: ({ signal }) => call<VersionGovernanceAnswer>(governancePath(model, version), { signal }),
    refetchInterval: LOOK_MS,
  });

export const modelInventoryRead = (model: string) =>
  queryOptions({
    queryKey: ['model', model, 'inventory'],
    queryFn: ({ signal }) => call<ModelInventoryAnswer>(at`models/${model}/inventory`, { signal }),
    refetchInterval: LOOK_MS,
  });

export const inventoryRead = (overdue: boolean) =>
  infiniteQueryOptions({
    initialPageParam: undefined as string | undefined,
    queryKey: ['inventory', overdue],
    queryFn: ({ pageParam, signal }) =>
      call<InventoryAnswer>(`inventory${queryOf({ limit: PAGE, page_token: pageParam, overdue: String(overdue) })}`, {
        signal,
      }),
    getNextPageParam: (page) => page.nextPageToken ?? undefined,
    refetchInterval: LOOK_MS,
  });

/** Resolves once reads show it. */
async function decide(name: string, body: Readonly<{ model: string }>): Promise<void> {
  const { position } = await call<{ position: string }>(`commands/${name}`, { method: 'POST', body });
  await call(at`models/${body.model}` + queryOf({ 'at-least': position }));
}

export type Approving = Readonly<{
  model: string;
  version: number;
  meaning: string;
  printedName: string;
  /** Digest of the evidence that is shown. */
  evidence: string;
}>;
/** @throws ApiError 403 APPROVAL_BY_AUTHOR, 409 EVIDENCE_CHANGED, APPROVAL_TWICE */
export const approveVersion = (approving: Approving): Promise<void> => decide('approve-version', approving);

export const withdrawApproval = (withdrawal: Readonly<{ model: string; approval: string; reason: string }>) =>
  decide('withdraw-approval', withdrawal);

export type InventoryDraft = Readonly<
  Record<'model' | 'owner' | 'tier' | 'validator' | 'purpose', string> & { reviewBy: string | null }
>;
export const enterInventory = (draft: InventoryDraft): Promise<void> => decide('enter-inventory', draft);
