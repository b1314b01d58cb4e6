import { z } from 'zod';
import { name, text } from './names';

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):[^\s<>"]+$/;
/** A click on one of these would run what it says. */
const RUNS_CODE = new Set(['javascript', 'data', 'vbscript']);

function isLinkUri(uri: string): boolean {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase();
  return scheme !== undefined && !RUNS_CODE.has(scheme);
}

/** RFC 3986, absolute: with a scheme. */
const linkUri = text(2_000).refine(isLinkUri, {
  error: 'must be an absolute URI without blanks, and not one that runs code',
});

/** Kinds that are known so far; a new system may bring its own. */
const LINK_KINDS = ['pipeline', 'job', 'feature_view', 'deployment', 'monitor', 'pull_request', 'ticket'] as const;
const LINK_KIND = /^[a-z][a-z0-9_]{0,63}$/;
const linkKind = z.string().regex(LINK_KIND, { error: 'must be 1 to 64 of a-z 0-9 _ and begin with a letter' });

/** Something in another system. The same four again is the same link. */
export const link = z.strictObject({
  kind: linkKind.describe(`${LINK_KINDS.join(', ')}, or one of your own`),
  uri: linkUri,
  externalId: name(500).optional().describe('what the other system calls it'),
  version: name(200).optional(),
});
export type LinkData = z.output<typeof link>;

export type Link = Readonly<{ kind: string; uri: string; externalId: string | null; version: string | null }>;

export const linkOf = ({ kind, uri, externalId, version }: LinkData): Link => ({
  kind,
  uri,
  externalId: externalId ?? null,
  version: version ?? null,
});

/** The same text for the same link. */
export const linkIdentity = ({ kind, uri, externalId, version }: Link): string =>
  JSON.stringify([kind, uri, externalId, version]);

/** What a run or a version has become part of; everything else is where it comes from. */
export const MADE_FROM_IT = ['deployment', 'monitor'] as const;
