import { createHash } from 'node:crypto';
import { canonicalJson } from '@runledger/merkle';

/** What a run is told by: as far as it was recorded. */
export type Fingerprinted = Readonly<{
  /** Values as text, so that a client that logs all of them as text does the same work. */
  params: ReadonlyMap<string, string>;
  code: Readonly<{ commit: string | null; dirty: boolean | null; diffDigest: string | null }> | null;
  /** Datasets by their content and what they were used for; what they are called does not matter. */
  inputs: ReadonlyArray<Readonly<{ digest: string; context: string }>>;
}>;

function datasets(inputs: Fingerprinted['inputs']): Array<{ context: string; digest: string }> {
  const each = new Map(inputs.map(({ context, digest }) => [canonicalJson({ context, digest }), { context, digest }]));
  return [...each].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/**
 * `sha256:` and the hex digest of the canonical JSON (RFC 8785) of `{code, datasets, params, v}`; see the README. Null where
 * nothing is known that could be the same, and where code was changed and nobody said how.
 */
export function fingerprintOf({ params, code, inputs }: Fingerprinted): string | null {
  const commit = code?.commit ?? null;
  if (params.size === 0 && commit === null && inputs.length === 0) return null;
  if (code?.dirty === true && code.diffDigest === null) return null;
  const text = canonicalJson({
    v: 1,
    params: Object.fromEntries(params),
    code: commit === null ? null : { commit, patch: code?.diffDigest ?? null },
    datasets: datasets(inputs),
  });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
