/** Something moved. Carried at most once: a lost signal costs a reader one poll, never an answer. */
export type Signal =
  /** A group has projected the offsets from `fromOffset` up to, without, `nextOffset`. What was lost before shows as a gap. */
  | Readonly<{
      kind: 'projected';
      group: string;
      topic: string;
      partition: number;
      fromOffset: number;
      nextOffset: number;
    }>
  /** Somebody waits until a group has projected this offset: a room that lets records gather hurries. */
  | Readonly<{ kind: 'wanted'; group: string; topic: string; partition: number; offset: number }>
  /** A run has new points, new facts, or new lines. Comes before the signal that the projection which brought them has moved. */
  | Readonly<{ kind: 'series' | 'facts' | 'console'; workspace: string; run: string }>;

/** Signals between rooms. Two implementations: in this process, and Redis pub/sub between processes. */
export interface Live {
  publish(signals: readonly Signal[]): void;
  /** Answers the function that ends the subscription. */
  subscribe(listener: (signal: Signal) => void): () => void;
  close(): Promise<void>;
}
