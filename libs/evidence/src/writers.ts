import type { LeafBody } from './leaf-row';
import type { Payload, SegmentMessage } from './payload-line';

type Writer = { sequences: Set<number>; batches: number | null };

/** What writers said that they sent, against what the bundle has. A client that lost something is no fault of the record. */
export class Writers {
  readonly #writers = new Map<string, Writer>();

  #of(run: string, topic: string, writer: string): Writer {
    const name = `${writer} of ${run} (${topic})`;
    const known = this.#writers.get(name) ?? { sequences: new Set<number>(), batches: null };
    this.#writers.set(name, known);
    return known;
  }

  message({ segment }: LeafBody, { line }: SegmentMessage): void {
    const { subject, writer, sequence } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const topic = segment?.topic.split('.')[1] ?? '';
    if (typeof subject === 'string' && typeof writer === 'string' && typeof sequence === 'string')
      this.#of(subject, topic, writer).sequences.add(Number(sequence));
  }

  leaf({ stream }: LeafBody, payload: Payload | null): void {
    if (payload === null || !('event' in payload) || payload.event.type !== 'writer.closed') return;
    const { writer, topic, batches } = payload.event.data as Readonly<Record<string, unknown>>;
    if (typeof writer === 'string' && typeof batches === 'number' && (topic === 'metrics' || topic === 'console'))
      this.#of(stream, topic, writer).batches = batches;
  }

  /** Of each writer that is short of something, or did not say how much it sent. */
  notices(): string[] {
    return [...this.#writers].flatMap(([name, { sequences, batches }]) => {
      const expected = batches ?? Math.max(-1, ...sequences) + 1;
      let missing = 0;
      for (let sequence = 0; sequence < expected; sequence++) if (!sequences.has(sequence)) missing++;
      const open = batches === null ? [`writer ${name} has not said how much it sent`] : [];
      return missing === 0 ? open : [...open, `of writer ${name}, ${missing} of ${expected} batches never arrived`];
    });
  }
}
