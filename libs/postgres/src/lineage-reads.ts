import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, isHeld } from './as-of';
import { edgesSql, type LineageEdgeKind, type LineageKind, RELATIONS, type Relation } from './lineage-relations';

/** A thing in the lineage; `id` names it within its kind (a dataset has name and digest, a version the model's id and a number). */
export type LineageNode = Readonly<{ kind: LineageKind; id: readonly string[] }>;
export type LineageEdge = Readonly<{ kind: LineageEdgeKind; from: LineageNode; to: LineageNode; detail: string }>;

/** Edges that one question to one relation may find; of more, the answer says so. */
const MOST_EDGES = 20_000;

type Row = Readonly<{
  from: string[];
  to: string[];
  detail: string;
  owner: string | null;
  from_off: string;
  to_off: string | null;
}>;

type Asked = Readonly<{ workspace: string; asOf: AsOf | undefined }>;

/** Whether the row was there: the catalog's cut is asked in SQL, a run's own here, where its partition is known. */
function isThere({ workspace, asOf }: Asked, { owner, from_off, to_off }: Row): boolean {
  if (owner === null) return true;
  const row = { offset: Number(from_off), endOffset: to_off === null ? null : Number(to_off) };
  return isHeld(row, cutOfRun(asOf, workspace, owner));
}

/** What hangs together with what, one step at a time. */
export const createLineageReads = (source: Pick<DataSource, 'query'>) => {
  async function edgesOf(
    asked: Asked,
    relation: Relation,
    { side, nodes }: { side: 'from' | 'to'; nodes: readonly LineageNode[] },
  ): Promise<{ edges: LineageEdge[]; isCut: boolean }> {
    const { kind, columns } = relation[side];
    const ids = nodes.filter((node) => node.kind === kind).map(({ id }) => id);
    if (ids.length === 0) return { edges: [], isCut: false };
    const { workspace, asOf } = asked;
    const cuts = { catalog: asOf?.catalog ?? null, isPast: asOf !== undefined };
    const given = columns.map((_, i) => ids.map((id) => id[i] ?? ''));
    const rows: Row[] = await source.query(edgesSql(relation, side, cuts), [workspace, ...given]);
    const edges = rows
      .slice(0, MOST_EDGES)
      .filter((row) => isThere(asked, row))
      .map(
        ({ from, to, detail }): LineageEdge => ({
          kind: relation.kind,
          from: { kind: relation.from.kind, id: from },
          to: { kind: relation.to.kind, id: to },
          detail,
        }),
      );
    return { edges, isCut: rows.length > MOST_EDGES };
  }

  /** Which of the digests some run had stored by then, whether it still shows them or not. */
  async function storedOnce({ workspace, asOf }: Asked, digests: readonly string[]): Promise<Set<string>> {
    if (digests.length === 0) return new Set();
    const rows: Array<{ digest: string; run: string; first: string }> = await source.query(
      `select digest, run, min(from_off) as first from read.run_artifact
       where workspace = $1 and digest = any($2::text[]) group by 1, 2`,
      [workspace, [...new Set(digests)]],
    );
    const seen = rows.filter(
      ({ run, first }) => Number(first) < (cutOfRun(asOf, workspace, run) ?? Number.POSITIVE_INFINITY),
    );
    return new Set(seen.map(({ digest }) => digest));
  }

  return {
    /** All edges that lead to the things (`to`) or away from them (`from`). */
    async step(
      asked: Asked,
      side: 'from' | 'to',
      nodes: readonly LineageNode[],
    ): Promise<{ edges: LineageEdge[]; isCut: boolean }> {
      const found = await Promise.all(RELATIONS.map((relation) => edgesOf(asked, relation, { side, nodes })));
      const edges = found.flatMap((one) => one.edges);
      const digests = edges.flatMap(({ kind, from }) => (kind === 'same-bytes' ? from.id : []));
      const stored = await storedOnce(asked, digests);
      return {
        edges: edges.filter(({ kind, from }) => kind !== 'same-bytes' || stored.has(from.id[0] ?? '')),
        isCut: found.some(({ isCut }) => isCut),
      };
    },

    /** Names of registered models by their ids, as they were then; deleted ones as well. */
    async modelNames({ workspace, asOf }: Asked, ids: readonly string[]): Promise<Map<string, string>> {
      const rows: Array<{ model: string; name: string }> = await source.query(
        `select distinct on (model) model, name from read.model
         where workspace = $1 and model = any($2::text[]) and from_off < $3 order by model, from_off desc, from_ord desc`,
        [workspace, ids, asOf?.catalog ?? Number.MAX_SAFE_INTEGER],
      );
      return new Map(rows.map(({ model, name }) => [model, name]));
    },
  };
};
export type LineageReads = ReturnType<typeof createLineageReads>;
