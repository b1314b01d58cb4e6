import { MADE_FROM_IT } from '@runledger/contracts';
import { heldSql, recordedSql } from './as-of';

export type LineageKind = 'run' | 'dataset' | 'logged-model' | 'version' | 'artifact' | 'external';
/** How two things hang together; `from` is what was there first. */
export type LineageEdgeKind =
  | 'used'
  | 'made'
  | 'measured'
  | 'registered'
  | 'stored'
  | 'same-bytes'
  | 'forked'
  | 'child'
  | 'linked';

type End = Readonly<{ kind: LineageKind; columns: readonly string[] }>;
/** Rows that are edges: which columns name their ends, in a table `t`. */
export type Relation = Readonly<{
  kind: LineageEdgeKind;
  from: End;
  to: End;
  /** What follows `from`. */
  rows: string;
  where?: string;
  /** A word or two about the edge. */
  detail: string;
  /** Whose cut counts: a run's, whose id is in `t.run`, or the catalog's. */
  cut: 'run' | 'catalog';
  /** Rows that are said once have no end. */
  hasHistory: boolean;
}>;

const run: End = { kind: 'run', columns: ['t.run'] };
const loggedModel: End = { kind: 'logged-model', columns: ['t.logged_model'] };
const version: End = { kind: 'version', columns: ['t.model', 't.version'] };
const dataset: End = { kind: 'dataset', columns: ['t.name', 't.digest'] };
const external: End = { kind: 'external', columns: ['k.uri'] };
const once = { cut: 'run', hasHistory: false } as const;
const ofRun = { cut: 'run', hasHistory: true } as const;
const ofCatalog = { cut: 'catalog', hasHistory: true } as const;

const downstream = `k.kind in (${MADE_FROM_IT.map((kind) => `'${kind}'`).join(', ')})`;
const RUN_LINKS = 'read.run_link t cross join lateral (select t.kind, t.uri) k';
const VERSION_LINKS = `read.model_version t cross join lateral jsonb_to_recordset(t.links) as k(kind text, uri text)`;

/** Everything that lineage follows. */
export const RELATIONS: readonly Relation[] = [
  { kind: 'used', from: dataset, to: run, rows: 'read.run_input t', detail: 't.context', ...once },
  { kind: 'made', from: run, to: loggedModel, rows: 'read.run_output t', detail: `''`, ...once },
  {
    ...{ kind: 'made', from: run, to: loggedModel, rows: 'read.logged_model t', detail: `''`, ...ofCatalog },
    where: 't.run is not null',
  },
  { kind: 'measured', from: loggedModel, to: run, rows: 'read.model_metric t', detail: `''`, ...once },
  {
    ...{ kind: 'registered', from: run, to: version, rows: 'read.model_version t', detail: `''`, ...ofCatalog },
    where: 't.run is not null',
  },
  {
    ...{ kind: 'registered', from: loggedModel, to: version, rows: 'read.model_version t', detail: `''`, ...ofCatalog },
    where: 't.logged_model is not null',
  },
  {
    ...{ kind: 'stored', from: run, to: { kind: 'artifact', columns: ['t.digest'] } },
    ...{ rows: 'read.run_artifact t', detail: 't.path', ...ofRun },
  },
  // A dataset whose digest is that of stored bytes was made by whoever stored them; that they were is asked for by itself.
  {
    ...{ kind: 'same-bytes', from: { kind: 'artifact', columns: ['t.digest'] }, to: dataset },
    ...{ rows: 'read.run_input t', detail: `''`, ...once },
  },
  {
    ...{ kind: 'forked', from: { kind: 'run', columns: ['t.fork_run'] }, to: run },
    ...{ rows: 'read.run t', detail: `coalesce(t.fork_step::text, '')`, ...ofRun },
    where: 't.fork_run is not null',
  },
  {
    ...{ kind: 'child', from: { kind: 'run', columns: ['t.parent'] }, to: run, rows: 'read.run t', detail: `''` },
    ...{ where: 't.parent is not null', ...ofRun },
  },
  { kind: 'linked', from: external, to: run, rows: RUN_LINKS, where: `not ${downstream}`, detail: 'k.kind', ...once },
  { kind: 'linked', from: run, to: external, rows: RUN_LINKS, where: downstream, detail: 'k.kind', ...once },
  {
    ...{ kind: 'linked', from: external, to: version, rows: VERSION_LINKS, detail: 'k.kind', ...ofCatalog },
    where: `t.links <> '[]' and not ${downstream}`,
  },
  {
    ...{ kind: 'linked', from: version, to: external, rows: VERSION_LINKS, detail: 'k.kind', ...ofCatalog },
    where: `t.links <> '[]' and ${downstream}`,
  },
];

/** Edges of a relation that touch one of the things; `$1` is the workspace, from `$2` on the columns of the things' names. */
export function edgesSql(
  relation: Relation,
  side: 'from' | 'to',
  cuts: { catalog: number | null; isPast: boolean },
): string {
  const { from, to, rows, where = 'true', detail, cut, hasHistory } = relation;
  const { columns } = relation[side];
  const given = columns.map((_, i) => `$${i + 2}::text[]`).join(', ');
  // The uri of a link of a run is found by its digest: it may be longer than an index takes.
  const quick =
    rows === RUN_LINKS && columns[0] === 'k.uri' ? 'md5(t.uri) in (select md5(u) from unnest($2::text[]) u) and ' : '';
  const held =
    cut === 'catalog'
      ? heldSql('t', cuts.catalog)
      : hasHistory && !cuts.isPast
        ? heldSql('t', null)
        : recordedSql('t', null);
  const end = hasHistory ? 't.to_off' : 'null::bigint';
  return `select distinct array[${from.columns.join(', ')}] as "from", array[${to.columns.join(', ')}] as "to", ${detail} as detail,
      ${cut === 'run' ? 't.run' : 'null::text'} as owner, t.from_off, ${end} as to_off
    from ${rows}
    where t.workspace = $1 and ${quick}(${columns.join(', ')}) in (select * from unnest(${given})) and ${where} and ${held}
    limit 20001`;
}
