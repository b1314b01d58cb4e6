import type { Decided, Decision, PlacedDecision, RowKey } from '@runledger/contracts';

/** How decisions become rows of one kind. */
export type CatalogFolder<V> = Readonly<{
  /** The rows that a decision touches; none where it is about something else. */
  keys(decision: PlacedDecision): readonly RowKey[];
  /** The row afterwards; null ends it. */
  evolve(row: V | undefined, decision: PlacedDecision, key: RowKey): V | null;
}>;

/** The decisions that one kind of rows is made of. */
type Parts<D extends Decision, V> = Readonly<{
  types: Readonly<Record<D['type'], unknown>>;
  keys(decision: PlacedDecision<D>): readonly RowKey[];
  evolve(row: V | undefined, decision: PlacedDecision<D>, key: RowKey): V | null;
}>;

/** A folder that sees its own decisions only. */
export function defineFolder<D extends Decision, V>({ types, keys, evolve }: Parts<D, V>): CatalogFolder<V> {
  const isMine = (decision: PlacedDecision): decision is PlacedDecision<D> => Object.hasOwn(types, decision.event.type);
  return {
    keys: (decision) => (isMine(decision) ? keys(decision) : []),
    evolve: (row, decision, key) => (isMine(decision) ? evolve(row, decision, key) : (row ?? null)),
  };
}

/** When a row was made, and by which decision it is what it is. `creates`: the decision that creates it. */
export function decidedBy(
  row: Decided | undefined,
  { event, journalseq }: PlacedDecision,
  creates: Decision['type'],
): Decided {
  const created = event.type === creates;
  return {
    createdAt: created ? Date.parse(event.time) : (row?.createdAt ?? null),
    createdSeq: created ? journalseq : (row?.createdSeq ?? journalseq),
    seq: journalseq,
  };
}

/** The same of rows that one kind of decision makes and changes. */
export const savedBy = (row: Decided | undefined, { event, journalseq }: PlacedDecision): Decided => ({
  createdAt: row === undefined ? Date.parse(event.time) : row.createdAt,
  createdSeq: row?.createdSeq ?? journalseq,
  seq: journalseq,
});
