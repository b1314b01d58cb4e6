import type { Tag } from '@runledger/contracts';

/** The last one of a key counts, also within one request; a key keeps the place where it first stood. */
export const withTags = (tags: readonly Tag[], more: readonly Tag[]): readonly Tag[] =>
  [...new Map([...tags, ...more].map(({ key, value }) => [key, value]))].map(([key, value]) => ({ key, value }));

export const withoutTags = (tags: readonly Tag[], keys: readonly string[]): readonly Tag[] =>
  tags.filter(({ key }) => !keys.includes(key));

export const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean =>
  a.length === b.length && a.every(({ key, value }, i) => key === b[i]?.key && value === b[i]?.value);

/** Those of `tags` that say something new: what is set already need not be set again. */
export const newTags = (tags: readonly Tag[], more: readonly Tag[]): readonly Tag[] => {
  const held = new Map(tags.map(({ key, value }) => [key, value]));
  return withTags([], more).filter(({ key, value }) => held.get(key) !== value);
};

/** Those of `keys` that are there, each once. */
export const heldKeys = (tags: readonly Tag[], keys: readonly string[]): readonly string[] =>
  [...new Set(keys)].filter((wanted) => tags.some(({ key }) => key === wanted));
