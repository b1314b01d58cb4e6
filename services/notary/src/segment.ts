import type { Log } from '@runledger/bus';
import { checkMetricBatch, type Recorded, TOPICS, workspaceId } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import { type CanonicalValue, canonicalJson, GrowingTree, leafHash } from '@runledger/merkle';
import { type Draft, type Drafts, sha256 } from './leaf';

/** A piece of a partition: all its messages from `first` to `last`. */
export type Piece = Readonly<{ topic: string; partition: number; records: readonly Recorded[] }>;

/** Points of a metric batch; null where it cannot be read, or where messages have none. */
function pointsOf({ topic, value }: Recorded): number | null {
  if (topic !== TOPICS.metrics.name) return null;
  try {
    return checkMetricBatch(value).points;
  } catch (error) {
    if (isFault(error) && error.kind === 'invalid') return null;
    throw error;
  }
}

type Line = Readonly<{ text: string; points: number | null }>;

/**
 * What a segment commits to of one message. Made of nothing but the record, so that whoever has the record can make it
 * again: it is not kept.
 */
export function segmentLine(record: Recorded): Line {
  const { offset, headers, value } = record;
  const line: Record<string, CanonicalValue> = { offset, digest: sha256(value).toString('hex') };
  for (const name of ['subject', 'actor', 'recordedtime', 'id', 'writer', 'sequence'] as const) {
    const header = headers[`ce_${name}`];
    if (header !== undefined) line[name] = header.toWellFormed();
  }
  const points = pointsOf(record);
  return { text: canonicalJson(points === null ? line : { ...line, points }), points };
}

/** RFC 6962 over the lines: a message has a proof into its segment, and the segment's leaf one into the log. */
export function segmentRoot(lines: readonly Line[]): Buffer {
  const tree = new GrowingTree();
  for (const { text } of lines) tree.append(leafHash(Buffer.from(text)));
  return tree.root();
}

export const segmentStream = (topic: string, partition: number): string => `segment/${topic}/${partition}`;

/** What the leaf of a segment says of it. */
export type Segment = Readonly<{ topic: string; partition: number; first: number; last: number; root: string }>;

/** Of a leaf that this notary wrote for a segment. */
export const segmentOf = (entry: Buffer): Segment => (JSON.parse(entry.toString()) as { segment: Segment }).segment;

/** Whose a record is; one that does not say so is the default workspace's. */
const workspaceOf = ({ headers }: Recorded): string => workspaceId.safeParse(headers['ce_workspace']).data ?? 'default';

/** The messages that a segment of a workspace was made of, in the order of its lines. */
export async function recordsOfSegment(
  log: Pick<Log, 'read'>,
  workspace: string,
  { topic, partition, first, last }: Segment,
): Promise<Recorded[]> {
  const found: Recorded[] = [];
  for await (const records of log.read(topic, partition, first, last + 1))
    found.push(...records.filter((record) => workspaceOf(record) === workspace));
  return found;
}

const subjectOf = (headers: Recorded['headers']): string[] => {
  const subject = headers['ce_subject'];
  return subject === undefined ? [] : [subject.toWellFormed()];
};

function segmentDraft({ topic, partition, records }: Piece): Draft {
  const [first, last] = [records[0]?.offset ?? 0, records.at(-1)?.offset ?? 0];
  const lines = records.map(segmentLine);
  const root = segmentRoot(lines);
  const id = `${topic}/${partition}/${first}-${last}`;
  const points = lines.reduce((sum, line) => sum + (line.points ?? 0), 0);
  const body = {
    id,
    type: 'segment.closed',
    recorded: new Date(records.at(-1)?.appended ?? 0).toISOString(),
    segment: { topic, partition, first, last, messages: records.length, points, root: root.toString('hex') },
  };
  const touches = [...new Set(records.flatMap(({ headers }) => subjectOf(headers)))];
  return { stream: segmentStream(topic, partition), event: id, digest: root, salt: null, body, project: null, touches };
}

/** One leaf for the messages that each workspace has in a piece of a partition. */
export function segmentsOf({ topic, partition, records }: Piece): Drafts[] {
  const byWorkspace = new Map<string, Recorded[]>();
  for (const record of records) {
    const workspace = workspaceOf(record);
    const own = byWorkspace.get(workspace);
    if (own === undefined) byWorkspace.set(workspace, [record]);
    else own.push(record);
  }
  return [...byWorkspace].map(([workspace, own]) => ({
    workspace,
    drafts: [segmentDraft({ topic, partition, records: own })],
  }));
}
