import { createHash } from 'node:crypto';
import { entityId, type Recorded, readEventRecord, type StoredEvent, workspaceId } from '@runledger/contracts';
import { Fault, isFault } from '@runledger/kernel';
import { type CanonicalValue, canonicalJson, leafHash, saltedDigest } from '@runledger/merkle';
import type { Leaf, LeafDraft, LeafNumbers } from '@runledger/postgres';

/** What will be a leaf, without its numbers, which are given when it is sequenced. */
export type Draft = LeafDraft & Readonly<{ body: Readonly<Record<string, CanonicalValue>> }>;
export type Drafts = Readonly<{ workspace: string; drafts: Draft[] }>;

/** Design, section 7: far below the 65,535 bytes of the format. */
const MAX_LEAF_BYTES = 32 * 1024;
/** 1 had no `project` and `project_seq`; 2 has them where the stream's project is known. All else is the same. */
const LEAF_VERSION = 2;
/** Where a record goes that does not say whose it is; no door writes such a one. */
const NOBODYS = 'default';
const DEFAULT_PROJECT = 'default';

export const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** What a leaf commits to of an event: its meaning, in the one text that it has in every language. */
const payloadText = ({ type, dataversion, data }: Meaning): string =>
  canonicalJson({ type, dataversion, data: data as CanonicalValue });

type Meaning = Pick<StoredEvent, 'type' | 'dataversion' | 'data'>;

/**
 * The digest in a leaf, of an event or of the bytes of a record that could not be read. Without the salt nobody can try
 * payloads out on it, so that a person's data are gone when payload and salt are.
 */
export const payloadDigest = (payload: Readonly<{ event: Meaning }> | Readonly<{ record: Uint8Array }>, salt: Buffer) =>
  saltedDigest(salt, 'event' in payload ? Buffer.from(payloadText(payload.event)) : payload.record);

/** @throws Fault bug NOTARY_LEAF_TOO_LARGE */
export function writeLeaf({ stream, body }: Draft, { streamSeq, project, projectSeq }: LeafNumbers): Leaf {
  const inProject: Record<string, CanonicalValue> = project === null ? {} : { project, project_seq: projectSeq };
  const leaf = { v: LEAF_VERSION, ...body, stream, stream_seq: streamSeq, ...inProject };
  const entry = Buffer.from(canonicalJson(leaf));
  if (entry.length > MAX_LEAF_BYTES) throw new Fault('bug', 'NOTARY_LEAF_TOO_LARGE', 'a leaf has more than 32 KiB');
  return { entry, hash: leafHash(entry) };
}

const NAMES_PROJECT: ReadonlySet<string> = new Set([
  'run.started',
  'experiment.created',
  'project.created',
  'retention.set',
  'deleters.set',
  'points.expired',
  'artifacts.expired',
]);

/** The project that an event puts its stream into. */
function projectOf({ type, data }: StoredEvent): string | null {
  if (!NAMES_PROJECT.has(type)) return null;
  const { project = DEFAULT_PROJECT } = data as { project?: unknown };
  return entityId.safeParse(project).data ?? null;
}

const ALONE = { project: null, touches: [] };

type At = Readonly<{ topic: string; partition: number; offset: number; ordinal: number }>;

/** A record that cannot be read is part of the record all the same: its bytes are committed to as they are. */
function unreadable(record: Recorded, salt: Buffer): Drafts {
  const { topic, partition, offset, value, headers } = record;
  const id = `${topic}/${partition}/${offset}`;
  const body = {
    id,
    type: 'record.unreadable',
    recorded: new Date(record.appended).toISOString(),
    at: { topic, partition, offset },
    payload_alg: 'hmac-sha256',
    payload_digest: payloadDigest({ record: value }, salt),
  };
  const draft = { stream: `unreadable/${topic}/${partition}`, event: id, digest: sha256(value), salt, body, ...ALONE };
  return { workspace: workspaceId.safeParse(headers['ce_workspace']).data ?? NOBODYS, drafts: [draft] };
}

function eventDraft(event: StoredEvent, at: At, of: ReturnType<typeof readEventRecord>, salt: Buffer): Draft {
  const body = {
    id: event.id,
    type: event.type,
    time: event.time,
    recorded: of.recordedtime,
    actor: of.actor,
    at,
    payload_alg: 'hmac-sha256',
    payload_digest: payloadDigest({ event }, salt),
  };
  const digest = sha256(payloadText(event));
  return { stream: of.subject, event: event.id, digest, salt, body, project: projectOf(event), touches: [] };
}

/** One leaf for each event of a message of facts or decisions. `newSalt` gives 256 random bits. */
export function draftsOf(record: Recorded, newSalt: () => Buffer): Drafts {
  try {
    const envelope = readEventRecord(record);
    const { topic, partition, offset } = record;
    const drafts = envelope.events.map((event, ordinal) =>
      eventDraft(event, { topic, partition, offset, ordinal }, envelope, newSalt()),
    );
    return { workspace: envelope.workspace, drafts };
  } catch (error) {
    if (!isFault(error) || error.kind !== 'invalid') throw error;
    return unreadable(record, newSalt());
  }
}
