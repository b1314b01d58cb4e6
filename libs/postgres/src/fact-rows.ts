import type { ClosedWriterRow, ConflictRow, InputRow, LinkRow, ParamRow, RowKey } from '@runledger/contracts';
import type { EntityManager } from 'typeorm';
import { type Column, insertSql, readNumber, selectTime, unnested } from './columns';
import { marked, placed } from './placed-columns';

const PARAM: ReadonlyArray<Column<ParamRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.id },
  { column: 'key', type: 'text', write: (r) => r.name },
  { column: 'kind', type: 'text', write: (r) => r.kind },
  { column: 'value', type: 'text', write: (r) => r.value },
  { column: 'number', type: 'float8', write: (r) => r.number },
  ...placed<ParamRow>('from_', (r) => r.from),
];

const INPUT: ReadonlyArray<Column<InputRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'identity', type: 'bytea', write: (r) => r.identity },
  { column: 'name', type: 'text', write: (r) => r.name },
  { column: 'digest', type: 'text', write: (r) => r.digest },
  { column: 'context', type: 'text', write: (r) => r.context },
  { column: 'source', type: 'text', write: (r) => r.source },
  { column: 'source_type', type: 'text', write: (r) => r.sourceType },
  { column: 'schema', type: 'text', write: (r) => r.schema },
  { column: 'profile', type: 'text', write: (r) => r.profile },
  { column: 'tags', type: 'jsonb', write: (r) => JSON.stringify(r.tags) },
  ...placed<InputRow>('from_', (r) => r.from),
];

const LINK: ReadonlyArray<Column<LinkRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'identity', type: 'bytea', write: (r) => r.identity },
  { column: 'kind', type: 'text', write: (r) => r.kind },
  { column: 'uri', type: 'text', write: (r) => r.uri },
  { column: 'external_id', type: 'text', write: (r) => r.externalId },
  { column: 'version', type: 'text', write: (r) => r.version },
  ...placed<LinkRow>('from_', (r) => r.from),
];

const CONFLICT: ReadonlyArray<Column<ConflictRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'kind', type: 'text', write: (r) => r.kind },
  { column: 'name', type: 'text', write: (r) => r.name },
  { column: 'item', type: 'int8', write: (r) => r.item },
  { column: 'event', type: 'text', write: (r) => r.event },
  { column: 'digest', type: 'bytea', write: (r) => r.digest },
  { column: 'value', type: 'jsonb', write: (r) => JSON.stringify(r.value) },
  ...placed<ConflictRow>('', (r) => r.at),
];

const CLOSED_WRITER: ReadonlyArray<Column<ClosedWriterRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'topic', type: 'text', write: (r) => r.topic },
  { column: 'writer', type: 'text', write: (r) => r.writer },
  { column: 'batches', type: 'int8', write: (r) => r.batches },
  { column: 'points', type: 'int8', write: (r) => r.points },
  ...marked<ClosedWriterRow>('', (r) => r.at),
];

/** The params of the keys asked for, where they are known. */
export async function loadParams(tx: EntityManager, keys: readonly RowKey[]): Promise<ParamRow[]> {
  if (keys.length === 0) return [];
  const { from, params } = unnested<RowKey>(
    keys,
    [
      { column: 'workspace', type: 'text', write: (k) => k.workspace },
      { column: 'id', type: 'text', write: (k) => k.id },
      { column: 'name', type: 'text', write: (k) => k.name },
    ],
    'k',
  );
  const rows: Array<Record<string, unknown>> = await tx.query(
    `select t.workspace, t.run, t.key, t.kind, t.value, t.number, t.from_off, t.from_ord, t.from_actor,
       ${selectTime('t.from_time', 'from_time')}
     from ${from} join read.run_param t on t.workspace = k.workspace and t.run = k.id and t.key = k.name`,
    params,
  );
  return rows.map((raw) => ({
    workspace: raw['workspace'] as string,
    id: raw['run'] as string,
    name: raw['key'] as string,
    kind: raw['kind'] as ParamRow['kind'],
    value: raw['value'] as string,
    number: readNumber(raw['number']),
    from: {
      offset: Number(raw['from_off']),
      ordinal: Number(raw['from_ord']),
      time: Number(raw['from_time']),
      actor: raw['from_actor'] as string,
    },
  }));
}

/** The fold has seen that none of them is there. */
export async function insertParams(tx: EntityManager, rows: readonly ParamRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.run_param', rows, PARAM));
}

/** The same name, digest and context again is the same input: what is there stays. */
export async function insertInputs(tx: EntityManager, rows: readonly InputRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.run_input', rows, INPUT, 'on conflict do nothing'));
}

/** The same link again is the same: what is there stays. */
export async function insertLinks(tx: EntityManager, rows: readonly LinkRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.run_link', rows, LINK, 'on conflict do nothing'));
}

/** The same conflict again is the same. */
export async function insertConflicts(tx: EntityManager, rows: readonly ConflictRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.conflict', rows, CONFLICT, 'on conflict do nothing'));
}

/** The last one in the log counts. */
export async function writeClosedWriters(tx: EntityManager, rows: readonly ClosedWriterRow[]): Promise<void> {
  if (rows.length === 0) return;
  const replace = ['batches', 'points', 'off', 'ord', 'time'].map((c) => `${c} = excluded.${c}`).join(', ');
  const after = `on conflict (workspace, run, topic, writer) do update set ${replace}`;
  await tx.query(...insertSql('read.writer_closed', rows, CLOSED_WRITER, after));
}
