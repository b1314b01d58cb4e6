import type { ModelHistoryAnswer } from '@runledger/contracts/http';

type Row = ModelHistoryAnswer['history'][number];
/** One decision in words. `actor` is unknown where only the end of a state is on record. */
export type ModelChange = Readonly<{ id: string; at: string; actor: string | null; text: string }>;

/** What a row is a state of: the model, one of its versions, or an alias. */
function subjectOf(row: Row): string {
  if (row.kind === 'model') return 'Model';
  return row.kind === 'version' ? `Version ${row.state.version}` : `Alias ${row.state.alias}`;
}

const shown = (value: unknown): string => {
  if (value === '' || value === null || value === undefined) return 'nothing';
  if (!Array.isArray(value)) return typeof value === 'string' || typeof value === 'number' ? String(value) : '…';
  const tags = value as ReadonlyArray<{ key: string; value: string }>;
  return tags.length === 0 ? 'nothing' : tags.map((tag) => `${tag.key}=${tag.value}`).join(', ');
};

/** They follow from what changed, or from when. */
const SILENT = new Set(['updatedAt', 'createdAt', 'lastVersion', 'id', 'createdBy']);

function differences(before: Row, after: Row): string[] {
  const [old, now] = [before.state, after.state] as ReadonlyArray<Readonly<Record<string, unknown>>>;
  return Object.keys(now ?? {})
    .filter((name) => !SILENT.has(name) && JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]))
    .map((name) => `${name}: ${shown(old?.[name])} → ${shown(now?.[name])}`);
}

function beginningOf(row: Row): string {
  if (row.kind === 'alias') return `Alias ${row.state.alias} set to version ${row.state.version}`;
  return row.kind === 'model' ? `Model registered as ${row.state.name}` : `Version ${row.state.version} registered`;
}

function changeOf(row: Row, before: Row | undefined): ModelChange[] {
  const said = { id: `${row.seq} ${subjectOf(row)}`, at: row.since, actor: row.actor };
  if (before === undefined) return [{ ...said, text: beginningOf(row) }];
  const what = differences(before, row);
  // A model's newest version number moves with the version's own row, which says it.
  return what.length === 0 ? [] : [{ ...said, text: `${subjectOf(row)}, ${what.join('; ')}` }];
}

const endOf = (row: Row): ModelChange[] =>
  row.until === null
    ? []
    : [{ id: `${row.seq} ${subjectOf(row)} end`, at: row.until, actor: null, text: `${subjectOf(row)} removed` }];

/** What was decided, newest first, from the states that held: each is compared with the one before it of the same subject. */
export function changesOf(history: readonly Row[]): ModelChange[] {
  const states = new Map<string, Row[]>();
  for (const row of history) states.set(subjectOf(row), [...(states.get(subjectOf(row)) ?? []), row]);
  const changes = [...states.values()].flatMap((rows) =>
    rows.flatMap((row, at) => {
      const before = rows[at - 1];
      const gap = before !== undefined && before.until !== row.since;
      const own = changeOf(row, gap ? undefined : before);
      const ended = rows[at + 1]?.since === row.until ? [] : endOf(row);
      return [...own, ...ended];
    }),
  );
  return changes.sort((a, b) => b.at.localeCompare(a.at));
}
