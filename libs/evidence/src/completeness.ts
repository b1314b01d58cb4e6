import { Fault } from '@runledger/kernel';
import type { Manifest } from './statement';

/** What a leaf says of its place. Segments are numbered by partition; `project` is '' where it has none. */
export type NumberedLeaf = Readonly<{
  isSegment: boolean;
  stream: string;
  streamSeq: number;
  project: string;
  projectSeq: number;
}>;

const broken = (why: string): Fault => new Fault('invalid', 'EVIDENCE_INCOMPLETE', `leaves: ${why}`);

/**
 * Whether leaves are all that they are said to be. Numbers of streams and projects have no gaps, so that a leaf that was
 * left out is seen; that there are none behind the last one is what the log's key has signed.
 */
export class Completeness {
  readonly #streams = new Map<string, number>();
  #project = 0;
  #range: number | null = null;

  constructor(private readonly complete: Manifest['complete']) {}

  leaf(index: number, leaf: NumberedLeaf): void {
    const { complete } = this;
    if (complete.kind === 'range') {
      if (index !== (this.#range ?? complete.first)) throw broken(`that before ${index} is missing`);
      this.#range = index + 1;
      return;
    }
    if (leaf.isSegment) return; // of a partition's, these are some
    const next = this.#streams.get(leaf.stream) ?? 0;
    if (leaf.streamSeq !== next) throw broken(`${leaf.stream} goes on with ${leaf.streamSeq} behind ${next - 1}`);
    this.#streams.set(leaf.stream, next + 1);
    if (complete.kind !== 'project' || leaf.project !== complete.project) return;
    if (leaf.projectSeq !== this.#project)
      throw broken(`that before ${index} of project ${complete.project} is missing`);
    this.#project++;
  }

  end(): void {
    const { complete } = this;
    if (complete.kind === 'range' && (this.#range ?? complete.first) !== complete.end)
      throw broken(`those up to ${complete.end} are missing`);
    if (complete.kind === 'project' && this.#project !== complete.leaves)
      throw broken(`project ${complete.project} has ${complete.leaves} of which ${this.#project} are here`);
    if (complete.kind === 'streams')
      for (const [stream, leaves] of Object.entries(complete.streams))
        if ((this.#streams.get(stream) ?? 0) !== leaves)
          throw broken(`${stream} has ${leaves} of which ${this.#streams.get(stream) ?? 0} are here`);
  }
}
