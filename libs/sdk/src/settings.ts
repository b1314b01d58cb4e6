import { resolve } from 'node:path';
import { MAX_POINTS_PER_BATCH } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { type ReportProblem, reportOnStderr } from './problem';

/** Where the server is and where the spool lies. */
export type ConnectionOptions = Readonly<{
  /** Address of the server; else RUNLEDGER_URL, else http://127.0.0.1:7070. */
  url?: string;
  /** Address for reads, where it is another one. Default: `url`. */
  readUrl?: string;
  /** API key; else RUNLEDGER_API_KEY; else none. */
  apiKey?: string;
  /** Folder of the spool. Default: `.runledger-spool` in the working folder. It must outlive the process. */
  spool?: string;
  /** Requests under way at a time. Default 4. */
  concurrency?: number;
  /** Longest wait for one answer. Default 30,000 ms. */
  requestTimeoutMs?: number;
  /** Is told what a person should know. Default: one line on stderr. */
  onProblem?: ReportProblem;
  /** What to read the two settings from. Default: this process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
}>;

export type BatchOptions = Readonly<{
  /** A batch is sealed, written to the spool and synced at the latest after this time. Default 200 ms. */
  maxAgeMs?: number;
  /** … or when it has this many points; ten times as many while sending is behind. Default 10,000. */
  maxPoints?: number;
  /** Bytes without an answer at which the spool is full and `log` throws. Default 10 GB. */
  spoolLimitBytes?: number;
  /** `off`: batches are left to the operating system; a power cut may then lose some. Default `seal`. */
  fsync?: 'seal' | 'off';
  /** Length of a spool file. Default 64 MB. */
  segmentBytes?: number;
}>;

export type Connection = Readonly<{
  url: string;
  readUrl: string | undefined;
  apiKey: string | undefined;
  spool: string;
  concurrency: number;
  requestTimeoutMs: number;
  report: ReportProblem;
}>;

const DEFAULT_URL = 'http://127.0.0.1:7070';

/** The one place of the SDK that reads the environment. */
export function readConnection(options: ConnectionOptions): Connection {
  const env = options.env ?? process.env;
  return {
    url: options.url ?? (env['RUNLEDGER_URL'] || DEFAULT_URL),
    readUrl: options.readUrl,
    apiKey: options.apiKey ?? (env['RUNLEDGER_API_KEY'] || undefined),
    spool: resolve(options.spool ?? '.runledger-spool'),
    concurrency: positive('concurrency', options.concurrency ?? 4),
    requestTimeoutMs: positive('requestTimeoutMs', options.requestTimeoutMs ?? 30_000),
    report: options.onProblem ?? reportOnStderr,
  };
}

export type Batching = Readonly<Required<Omit<BatchOptions, 'fsync'>> & { fsync: boolean }>;

export function readBatching(options: BatchOptions): Batching {
  return {
    maxAgeMs: positive('maxAgeMs', options.maxAgeMs ?? 200),
    maxPoints: Math.min(MAX_POINTS_PER_BATCH, positive('maxPoints', options.maxPoints ?? 10_000)),
    spoolLimitBytes: positive('spoolLimitBytes', options.spoolLimitBytes ?? 10_000_000_000),
    segmentBytes: positive('segmentBytes', options.segmentBytes ?? 64_000_000),
    fsync: options.fsync !== 'off',
  };
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new Fault('invalid', 'SDK_BAD_OPTION', `${name} must be a positive number, not ${value}`);
}
