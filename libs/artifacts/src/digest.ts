import { Fault } from '@runledger/kernel';

const DIGEST = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;

/**
 * The first two and the other 62 hex digits. Nothing else that comes from outside ever becomes part of a path or a key.
 * @throws Fault invalid ARTIFACTS_BAD_DIGEST
 */
export function digitsOf(digest: string): [first: string, rest: string] {
  const [, first, rest] = DIGEST.exec(digest) ?? [];
  if (first === undefined || rest === undefined)
    throw new Fault('invalid', 'ARTIFACTS_BAD_DIGEST', 'a digest is sha256: and 64 hex digits in lower case');
  return [first, rest];
}

export const noSuchBytes = (): Fault => new Fault('missing', 'ARTIFACTS_MISSING', 'there are no such bytes');
