import type { LineageNode, LineageReads } from '@runledger/postgres';
import { nodeKey } from './lineage-node';

/** Lineage of which only those edges are there whose things are both told of, so that nothing is found by way of what is not. */
export const withinReach = (
  reads: LineageReads,
  reached: (nodes: readonly LineageNode[]) => Promise<readonly LineageNode[]>,
): LineageReads => ({
  modelNames: (asked, ids) => reads.modelNames(asked, ids),
  async step(asked, side, nodes) {
    const { edges, isCut } = await reads.step(asked, side, nodes);
    const ends = new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [nodeKey(node), node]));
    const told = new Set((await reached([...ends.values()])).map(nodeKey));
    return { edges: edges.filter(({ from, to }) => told.has(nodeKey(from)) && told.has(nodeKey(to))), isCut };
  },
});
