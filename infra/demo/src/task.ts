import type { Dataset } from './digits';
import type { Trial } from './sweep';

export type Connection = Readonly<{ url: string; readUrl?: string; apiKey?: string; spool: string }>;

/** What a training process is told by its parent. The key comes this way, so that no process list shows it. */
export type Task = Readonly<{
  connection: Connection;
  experiment: string;
  sweep: string;
  name: string;
  trial: Trial;
  steps: number;
  batchSize: number;
  seed: number;
  dataset: Dataset;
}>;

/** What it tells on its way. */
export type Report =
  | Readonly<{ kind: 'started'; run: string }>
  | Readonly<{ kind: 'step'; step: number; loss: number; accuracy: number }>
  | Readonly<{ kind: 'note'; text: string }>
  | Readonly<{
      kind: 'ended';
      run: string;
      writer: string;
      position: string | null;
      delivered: boolean;
      points: number;
    }>
  | Readonly<{ kind: 'failed'; text: string }>;
