import { eventRecord, isEntityId, type LogRecord, runSubject } from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { Stamp } from './accept';

export type Upload = Readonly<{
  run: string;
  path: string;
  mediaType: string;
  /** As announced. */
  length: number | undefined;
  /** Of the fact. A retry that carries the same has no second effect, however late it comes. */
  id: string | undefined;
}>;

export type Deletion = Pick<Upload, 'run' | 'path' | 'id'>;

const MEDIA_TYPE = /^[\w.+-]{1,99}\/[\w.+-]{1,99}$/;

/**
 * What can be known before the first byte.
 * @throws Fault too-large ARTIFACTS_TOO_LARGE, invalid INGEST_BAD_EVENT_ID, unsupported INGEST_BAD_MEDIA_TYPE
 */
export function checkArtifact({ length, id, mediaType }: Upload, maxBytes: number): void {
  if (length !== undefined && length > maxBytes)
    throw new Fault('too-large', 'ARTIFACTS_TOO_LARGE', `an artifact may have at most ${maxBytes} bytes`);
  checkFactId(id);
  if (!MEDIA_TYPE.test(mediaType))
    throw new Fault('unsupported', 'INGEST_BAD_MEDIA_TYPE', 'content-type must be a media type, or absent');
}

/** @throws Fault invalid INGEST_BAD_EVENT_ID */
export function checkFactId(id: string | undefined): void {
  if (id !== undefined && !isEntityId(id))
    throw new Fault('invalid', 'INGEST_BAD_EVENT_ID', 'idempotency-key must be 1 to 128 of A-Z a-z 0-9 _ . : -');
}

/** The fact that a path was taken away. */
export function deletionRecord({ run, path, id = uuidv7() }: Deletion, stamp: Stamp): LogRecord {
  const event = { id, type: 'artifacts.deleted', time: stamp.recordedtime, dataversion: 1, data: { paths: [path] } };
  return eventRecord({ ...stamp, topic: 'runs', subject: runSubject(run), events: [event] });
}

/** The fact that bytes were stored whole under a path of a run. */
export function artifactRecord(
  { run, path, mediaType, id = uuidv7() }: Upload,
  { digest, size }: Readonly<{ digest: string; size: number }>,
  stamp: Stamp,
): LogRecord {
  const data = { path, digest, size, mediaType };
  const event = { id, type: 'artifact.stored', time: stamp.recordedtime, dataversion: 1, data };
  return eventRecord({ ...stamp, topic: 'runs', subject: runSubject(run), events: [event] });
}
