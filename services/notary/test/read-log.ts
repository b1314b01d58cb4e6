import {
  bundlesBetween,
  type Checkpoint,
  hashInTile,
  isConsistent,
  leafHash,
  nodesOf,
  openCheckpoint,
  parseVerifierKey,
  perfectSubtrees,
  placeOfNode,
  planConsistency,
  proofOf,
  readBundle,
  rootOf,
  type TreeNode,
  tilePath,
  tilesBetween,
} from '@runledger/merkle';

export type LogAddress = Readonly<{ url: string; workspace: string; key: string }>;

/** One file of a log, as anybody would fetch it. */
export async function fetchLog({ url, workspace, key }: LogAddress, path: string): Promise<Response> {
  return fetch(`${url}/log/${workspace}/${path}`, { headers: { authorization: `Bearer ${key}` } });
}

async function bytesOf(address: LogAddress, path: string): Promise<Buffer> {
  const answer = await fetchLog(address, path);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

export type ReadLog = Readonly<{
  checkpoint: Checkpoint;
  note: string;
  entries: Buffer[];
  /** Whether the log begins with the leaves of an earlier checkpoint. */
  continues(earlier: Checkpoint): boolean;
}>;

/** Reads a whole log and checks everything about it: the signature, every tile, every entry, and the root. */
export async function readLog(address: LogAddress, origin: string): Promise<ReadLog> {
  const note = (await bytesOf(address, 'checkpoint')).toString();
  const verifier = parseVerifierKey((await bytesOf(address, 'vkey')).toString().trim());
  const checkpoint = openCheckpoint(note, origin, [verifier]);
  const { size, root } = checkpoint;
  const tiles = new Map<string, Buffer>();
  for (const tile of tilesBetween(0, size)) tiles.set(tilePath(tile), await bytesOf(address, tilePath(tile)));
  const entries: Buffer[] = [];
  for (const bundle of bundlesBetween(0, size))
    entries.push(...readBundle(await bytesOf(address, tilePath(bundle)), bundle.width));
  const hashOf = (node: TreeNode): Buffer => {
    const place = placeOfNode(node, size);
    return hashInTile(place, tiles.get(tilePath(place.tile)) ?? Buffer.alloc(0));
  };
  for (const [index, entry] of entries.entries())
    if (!leafHash(entry).equals(hashOf({ level: 0, index }))) throw new Error(`entry ${index} is not the leaf`);
  if (!rootOf(perfectSubtrees({ first: 0, end: size }).map(hashOf)).equals(root)) throw new Error('another root');
  const continues = (earlier: Checkpoint): boolean => {
    const plan = planConsistency(earlier.size, size);
    nodesOf(plan).forEach(hashOf);
    return isConsistent(earlier, checkpoint, proofOf(plan, hashOf));
  };
  return { checkpoint, note, entries, continues };
}

type AnyLeaf = Readonly<{
  id: string;
  type: string;
  stream: string;
  stream_seq: number;
  project?: string;
  project_seq?: number;
  segment?: { messages: number; points: number };
}>;
export const leavesOf = ({ entries }: ReadLog): AnyLeaf[] =>
  entries.map((entry) => JSON.parse(entry.toString()) as AnyLeaf);

/** Streams whose numbers are not 0, 1, 2 …: leaves are missing there, or doubled. */
export function brokenStreams(log: ReadLog): string[] {
  const next = new Map<string, number>();
  const broken: string[] = [];
  for (const { stream, stream_seq } of leavesOf(log)) {
    if (stream_seq !== (next.get(stream) ?? 0)) broken.push(stream);
    next.set(stream, stream_seq + 1);
  }
  return broken;
}
