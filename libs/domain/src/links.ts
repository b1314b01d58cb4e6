import { type Link, type LinkData, linkIdentity, linkOf } from '@runledger/contracts';

/** Those of `more` that are not there yet, each once. */
export function newLinks(links: readonly Link[], more: readonly LinkData[]): LinkData[] {
  const held = new Set(links.map(linkIdentity));
  return more.filter((link) => {
    const identity = linkIdentity(linkOf(link));
    return !held.has(identity) && held.add(identity);
  });
}

/** Each link once, in the order in which they were first said. */
export const withLinks = (links: readonly Link[], more: readonly LinkData[]): readonly Link[] => [
  ...links,
  ...newLinks(links, more).map(linkOf),
];
