import { readMetricBatch, runOfSubject, TOPICS } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import { type CanonicalValue, canonicalJson } from '@runledger/merkle';
import { changesTable, type DossierChange, page, runSection, scopeSection } from './dossier-html';
import { governanceSection, objectivesPart } from './governance-html';
import { GovernanceSummary } from './governance-summary';
import type { LeafBody } from './leaf-row';
import type { Payload, SegmentMessage } from './payload-line';
import { RunSummary } from './run-summary';
import type { Manifest } from './statement';

/** Raised when the same leaves come to another page. */
export const DOSSIER_VERSION = 3;

const MOST_RUNS = 200;
const MOST_CHANGES = 5_000;
const MOST_TEXT = 1_000;

/**
 * The readable page of a bundle. It is made of nothing but what else is in the bundle, in bounded memory, and the same leaves
 * come to the same page, so that who checks a bundle can make it again.
 */
export class Dossier {
  readonly #runs = new Map<string, RunSummary>();
  readonly #governance = new GovernanceSummary();
  readonly #changes: DossierChange[] = [];
  #runsLeft = 0;
  #changesLeft = 0;

  #run(subject: string): RunSummary | null {
    const run = runOfSubject(subject);
    if (run === null) return null;
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    if (this.#runs.size >= MOST_RUNS) {
      this.#runsLeft++;
      return null;
    }
    const summary = new RunSummary();
    this.#runs.set(run, summary);
    return summary;
  }

  /** Whether a leaf of this stream, with an event of this type, would tell the page more than that there is one more. */
  isTold(stream: string, type: string): boolean {
    if (this.#changes.length < MOST_CHANGES || this.#governance.isAbout(stream, type)) return true;
    const run = runOfSubject(stream);
    return run !== null && (this.#runs.has(run) || this.#runs.size < MOST_RUNS);
  }

  /** Counts a leaf that is not told. */
  pass(stream: string, hasPayload: boolean): void {
    this.#changesLeft++;
    if (hasPayload && runOfSubject(stream) !== null) this.#runsLeft++;
  }

  leaf(index: number, leaf: LeafBody, payload: Payload | null): void {
    if (payload !== null) {
      this.#run(leaf.stream)?.take(payload, leaf);
      this.#governance.take(leaf, payload);
    }
    if (this.#changes.length >= MOST_CHANGES) this.#changesLeft++;
    else this.#changes.push({ index, leaf, what: whatOf(leaf, payload) });
  }

  message({ segment }: LeafBody, { line, value }: SegmentMessage): number {
    if (segment?.topic !== TOPICS.metrics.name) return 0;
    const { subject } = JSON.parse(line) as { subject?: unknown };
    try {
      const batch = readMetricBatch(Buffer.from(value)); // a copy: NaNs are made canonical in place
      this.#run(typeof subject === 'string' ? subject : '')?.points(batch);
      return batch.values.length;
    } catch (error) {
      if (!isFault(error)) throw error;
      return 0;
    }
  }

  /** UTF-8. */
  render(manifest: Manifest): Buffer {
    const runs = [...this.#runs].map(([run, summary]) =>
      runSection(run, summary, objectivesPart(summary, this.#governance.objectives.values())),
    );
    const governance = governanceSection(this.#governance);
    const more =
      this.#runsLeft === 0 ? [] : ['<p class="more">Further runs are in the leaves, and not on this page.</p>'];
    return Buffer.from(
      page(manifest, [
        scopeSection(manifest),
        governance,
        ...runs,
        ...more,
        changesTable(this.#changes, this.#changesLeft),
      ]),
    );
  }
}

function whatOf({ segment }: LeafBody, payload: Payload | null): string {
  if (segment !== undefined) return `${segment.messages} messages with ${segment.points} points`;
  if (payload === null) return '';
  if (!('event' in payload)) return `${payload.record.length} bytes that could not be read`;
  const text = canonicalJson(payload.event.data as CanonicalValue);
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT).toWellFormed()} …`;
}
