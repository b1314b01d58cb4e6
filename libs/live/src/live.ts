/** Something moved. Carried at most once: a lost signal costs a reader one poll, never an answer. */
export type Signal =
  | Readonly<{ kind: 'projected'; group: string; topic: string; partition: number; nextOffset: number }>
  | Readonly<{ kind: 'series'; workspace: string; run: string }>;

/** Signals between rooms. Two implementations: in this process, and Redis pub/sub between processes. */
export interface Live {
  publish(signals: readonly Signal[]): void;
  /** Answers the function that ends the subscription. */
  subscribe(listener: (signal: Signal) => void): () => void;
  close(): Promise<void>;
}
