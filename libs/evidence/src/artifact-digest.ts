import type { Payload } from './payload-line';

/** The digest, in hex, of the artifact that an event names; null where it names none. */
export function artifactDigestOf(payload: Payload): string | null {
  if (!('event' in payload) || payload.event.type !== 'artifact.stored') return null;
  const { digest } = payload.event.data as { digest?: unknown };
  const [, hex] = typeof digest === 'string' ? (/^sha256:([0-9a-f]{64})$/.exec(digest) ?? []) : [];
  return hex ?? null;
}
