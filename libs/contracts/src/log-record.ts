/** What lies in the log: a key that decides the partition, attributes as headers, and one message's bytes. */
export type LogRecord = Readonly<{
  topic: string;
  key: string;
  headers: Readonly<Record<string, string>>;
  value: Uint8Array;
}>;

/** A record with its place; `appended` is the log's own time, ms since 1970. */
export type Recorded = LogRecord & Readonly<{ partition: number; offset: number; appended: number }>;
