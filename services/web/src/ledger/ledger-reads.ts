import type { CheckpointsAnswer, LedgerAnswer, LedgerCheckAnswer } from '@runledger/contracts/http';
import { queryOptions } from '@tanstack/react-query';
import { call, queryOf, request } from '../api/api';

const LOOK_MS = 5_000;
const SHOWN = 20;
const CHECK_LOOK_MS = 60_000;

export const ledgerRead = () =>
  queryOptions({
    queryKey: ['ledger'],
    queryFn: ({ signal }) => call<LedgerAnswer>('ledger', { signal }),
    refetchInterval: LOOK_MS,
  });

/** What the last check in the background found. */
export const ledgerCheckRead = () =>
  queryOptions({
    queryKey: ['ledger-check'],
    queryFn: ({ signal }) => call<LedgerCheckAnswer>('ledger/check', { signal }),
    refetchInterval: CHECK_LOOK_MS,
  });

/** The newest ones. */
export const checkpointsRead = () =>
  queryOptions({
    queryKey: ['checkpoints'],
    queryFn: ({ signal }) => call<CheckpointsAnswer>(`checkpoints${queryOf({ limit: SHOWN })}`, { signal }),
    refetchInterval: LOOK_MS,
  });

export type EvidenceAsked = Readonly<Partial<Record<'run' | 'model' | 'project' | 'from' | 'to', string>>>;

/** A bundle of evidence. The browser keeps what is large on its disk. */
export async function readEvidence(asked: EvidenceAsked): Promise<Blob> {
  return (await request(`evidence${queryOf(asked)}`)).blob();
}
