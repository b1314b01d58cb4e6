import { isDeepStrictEqual } from 'node:util';
import type { CatalogHistories, CatalogName, Decided, PlacedDecision } from '@runledger/contracts';
import type { CatalogFolder } from './catalog-folder';
import { FOLDERS } from './fold-catalog';
import { rowId } from './history';

type Members = Readonly<Record<string, unknown>>;

/** What a decision did to one row: the members that it changed, as they were and as they are. */
export type RowOfDecision = Readonly<{
  kind: CatalogName;
  id: string;
  name: string;
  /** Null: there was no such row. */
  before: Members | null;
  /** Null: the row ended. */
  after: Members | null;
}>;

/** What a row knows of its decisions follows from where the decision stands, and is no change of its own. */
const BOOKKEEPING: ReadonlySet<string> = new Set<keyof Decided | 'changedAt' | 'secret'>([
  'createdAt',
  'createdSeq',
  'seq',
  'changedAt',
  'secret',
]);

const shown = (row: object): Array<[string, unknown]> =>
  Object.entries(row).filter(([member]) => !BOOKKEEPING.has(member));

/** The members in which two states of a row differ. */
function differing(before: object | undefined, after: object | null): Pick<RowOfDecision, 'before' | 'after'> | null {
  if (before === undefined) return after === null ? null : { before: null, after: Object.fromEntries(shown(after)) };
  if (after === null) return { before: Object.fromEntries(shown(before)), after: null };
  const was = new Map(shown(before));
  const is = new Map(shown(after));
  const changed = [...new Set([...is.keys(), ...was.keys()])].flatMap((member): Array<[string, unknown]> => {
    const value = is.get(member);
    return isDeepStrictEqual(was.get(member), value) ? [] : [[member, value ?? null]];
  });
  if (changed.length === 0) return null;
  return {
    before: Object.fromEntries(changed.map(([member]) => [member, was.get(member)])),
    after: Object.fromEntries(changed),
  };
}

/** The rows of one kind, decision after decision. */
class RowsOfKind<H extends CatalogName> {
  readonly #rows = new Map<string, CatalogHistories[H]>();
  constructor(
    private readonly kind: H,
    private readonly folder: CatalogFolder<CatalogHistories[H]>,
  ) {}

  take(decision: PlacedDecision): RowOfDecision[] {
    return this.folder.keys(decision).flatMap((key) => {
      const name = rowId(key);
      const before = this.#rows.get(name);
      const after = this.folder.evolve(before, decision, key);
      if (after === null) this.#rows.delete(name);
      else this.#rows.set(name, after);
      const differs = differing(before, after);
      return differs === null ? [] : [{ kind: this.kind, id: key.id, name: key.name, ...differs }];
    });
  }
}

const rowsOf = <H extends CatalogName>(kind: H): RowsOfKind<H> => new RowsOfKind(kind, FOLDERS[kind]);

/**
 * What each decision of one stream did, by the folders that make the rows of the read schema. `decisions` is the whole stream
 * from its beginning, in order; one answer for each.
 */
export function rowsOfDecisions(decisions: readonly PlacedDecision[]): RowOfDecision[][] {
  const kinds = (Object.keys(FOLDERS) as CatalogName[]).map((kind) => rowsOf(kind));
  return decisions.map((decision) => kinds.flatMap((rows) => rows.take(decision)));
}
