import type { LineageAnswer } from '@runledger/contracts/http';
import type { AsOf, LineageEdge, LineageNode, LineageReads } from '@runledger/postgres';
import { nodeKey } from './lineage-node';

/** Things and edges of one answer. */
const MOST_NODES = 1_000;
const MOST_EDGES = 5_000;

type Direction = 'upstream' | 'downstream' | 'both';
export type LineageAsked = Readonly<{
  workspace: string;
  asOf: AsOf | undefined;
  node: LineageNode;
  direction: Direction;
  depth: number;
}>;

const SIDES: Readonly<Record<Direction, ReadonlyArray<'from' | 'to'>>> = {
  upstream: ['to'],
  downstream: ['from'],
  both: ['to', 'from'],
};
const edgeKey = ({ kind, from, to, detail }: LineageEdge): string =>
  JSON.stringify([kind, nodeKey(from), nodeKey(to), detail]);
const byKey = (a: LineageEdge, b: LineageEdge): number => (edgeKey(a) < edgeKey(b) ? -1 : 1);

type Walk = { nodes: Map<string, LineageNode>; edges: Map<string, LineageEdge>; isCut: boolean };

/** Takes edges in, in the order of their names, as long as there is room; answers the things that are new. */
function take(walk: Walk, edges: readonly LineageEdge[], side: 'from' | 'to'): LineageNode[] {
  const fresh: LineageNode[] = [];
  for (const edge of [...edges].sort(byKey)) {
    if (walk.edges.has(edgeKey(edge))) continue;
    const far = side === 'to' ? edge.from : edge.to;
    const isNew = !walk.nodes.has(nodeKey(far));
    if (walk.edges.size >= MOST_EDGES || (isNew && walk.nodes.size >= MOST_NODES)) {
      walk.isCut = true;
      continue;
    }
    walk.edges.set(edgeKey(edge), edge);
    if (!isNew) continue;
    walk.nodes.set(nodeKey(far), far);
    fresh.push(far);
  }
  return fresh;
}

/** From a thing as far as asked for, nearest first. Each thing is gone through once a direction, so that cycles end. */
async function walkFrom(reads: LineageReads, { node, direction, depth, ...asked }: LineageAsked): Promise<Walk> {
  const walk: Walk = { nodes: new Map([[nodeKey(node), node]]), edges: new Map(), isCut: false };
  for (const side of SIDES[direction]) {
    const gone = new Set([nodeKey(node)]);
    let front: LineageNode[] = [node];
    for (let step = 0; step < depth && front.length > 0; step++) {
      const { edges, isCut } = await reads.step(asked, side, front);
      walk.isCut ||= isCut;
      take(walk, edges, side);
      const far = edges.map((edge) => (side === 'to' ? edge.from : edge.to));
      front = far.filter(
        (next) => walk.nodes.has(nodeKey(next)) && !gone.has(nodeKey(next)) && gone.add(nodeKey(next)),
      );
    }
  }
  return walk;
}

/** @throws Fault invalid QUERY_BAD_NODE */
export async function readLineage(reads: LineageReads, asked: LineageAsked): Promise<LineageAnswer> {
  const walk = await walkFrom(reads, asked);
  const versions = [...walk.nodes.values()].filter(({ kind }) => kind === 'version');
  const names = await reads.modelNames(asked, [...new Set(versions.map(({ id }) => id[0] ?? ''))]);
  const shown = (node: LineageNode): string =>
    node.kind === 'version' ? `version:${names.get(node.id[0] ?? '') ?? node.id[0]}/${node.id[1]}` : nodeKey(node);
  return {
    node: shown(asked.node),
    nodes: [...walk.nodes.values()].map((node) => ({ node: shown(node), kind: node.kind })),
    edges: [...walk.edges.values()].map(({ kind, from, to, detail }) => ({
      kind,
      from: shown(from),
      to: shown(to),
      detail,
    })),
    complete: !walk.isCut,
  };
}
