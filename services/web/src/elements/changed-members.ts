type Members = Readonly<Record<string, unknown>> | null;
type Row = Readonly<{ kind: string; name: string; before: Members; after: Members }>;
export type Changed = Readonly<{ what: string; before: string; after: string }>;

const LONGEST = 200;
const NOTHING = '–';

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return NOTHING;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What was changed, member by member. */
export function changedMembers({ kind, name, before, after }: Row): Changed[] {
  const members = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const of = name === '' ? kind : `${kind} ${name}`;
  return members
    .map((member) => ({ what: `${of}: ${member}`, before: shown(before?.[member]), after: shown(after?.[member]) }))
    .filter((one) => one.before !== one.after);
}
