import type { Principal } from '@runledger/access';
import type { Stamp } from './accept';

/** W3C Trace Context, version-format of level 1. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** Who and when, by the server's own knowledge. A traceparent that is none is left out: it must not fail a request. */
export function stampOf({ workspace, actor }: Principal, traceparent: string | undefined): Stamp {
  const stamp = { workspace, actor, source: 'runledger/ingest', recordedtime: new Date().toISOString() };
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? { ...stamp, traceparent } : stamp;
}
