import type { VersionsAnswer } from '@runledger/contracts/http';

export type Version = VersionsAnswer['versions'][number];
export type Difference = Readonly<{ name: string; before: string; after: string }>;

const NOTHING = '–';
const shown = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? NOTHING
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** A version's members and tags by name; its number is what is compared. */
function membersOf({ version: _, tags, aliases, ...rest }: Version): Map<string, string> {
  const members = Object.entries(rest).map(([name, value]) => [name, shown(value)] as const);
  const tagged = tags.map(({ key, value }) => [`tag ${key}`, value] as const);
  return new Map([...members, ['aliases', aliases.join(', ') || NOTHING], ...tagged]);
}

/** In what two versions differ, by name. */
export function versionDifferences(before: Version, after: Version): Difference[] {
  const [old, now] = [membersOf(before), membersOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => ({ name, before: old.get(name) ?? NOTHING, after: now.get(name) ?? NOTHING }))
    .filter((one) => one.before !== one.after);
}
