import type { LogRecord, Position, Recorded } from '@runledger/contracts';

/** One partition's next records, in order. Never empty, never mixed. */
export type Batch = Readonly<{
  topic: string;
  partition: number;
  records: readonly Recorded[];
  /**
   * True once this consumer knows, or must fear, that it has lost the partition; work on the batch may then be dropped.
   * False proves nothing: another member may already have the partition. Only a write fenced by the lease is safe.
   * Whoever was told true may return without having done anything: should the partition still be his, he is assigned anew.
   */
  stale(): boolean;
  /**
   * The consumer's own store says that another member has the partition. Nothing of the batch was done; should the log still hold
   * the partition for this one, it is assigned anew. Two assignments that overlap may have taken the lease in the other order.
   */
  lost(): void;
}>;

export type Consumer = Readonly<{
  /** Name of the consumer group: each record goes to one member of it. All its members name the same topics. */
  group: string;
  topics: readonly string[];
  /**
   * A partition now belongs to this member. Answers the offset to begin at. The log keeps no offsets of groups: the
   * consumer's own store does (see the lease), in one transaction with what it makes of the records. Called again after
   * every loss; an offset outside the log is refused (BUS_OFFSET_OUT_OF_RANGE), and asked for again until it is inside.
   */
  assigned(topic: string, partition: number): Promise<number>;
  /** Called one after another for each partition; partitions run side by side. When it throws, the same batch comes again. */
  onBatch(batch: Batch): Promise<void>;
  /** The partition belongs to another member now, or to none; the last onBatch for it has ended. */
  revoked?(topic: string, partition: number): Promise<void> | void;
  /** Most records, and about how many bytes of them, in one batch. */
  maxRecords?: number;
  maxBytes?: number;
}>;

export type Consumption = Readonly<{
  /** Resolves when no call of onBatch is under way any more; the partitions are given back. */
  stop(): Promise<void>;
}>;

/** What a write was decided on: places that have not moved since they were looked at. */
export type Unmoved = Readonly<{
  /** A partition's end. */
  end: Position;
  workspace: string;
  /** The last number of the workspace's journal; 0 where it has none. */
  decided: number;
}>;

/** The log. Two native implementations, Kafka and Postgres, which share no code and meet in one behaviour suite. */
export interface Log {
  /** Changes when the log was replaced by another one: offsets of different incarnations do not compare. */
  readonly incarnation: string;
  /**
   * Resolves with one position a record, in the order given, once every record is durable (Kafka: acks=all; Postgres:
   * committed with synchronous_commit). Records of one key keep their order within a call, and between calls where the
   * second begins after the first has resolved. A rejected call may have stored some messages, never a part of one, and
   * those may still appear after the rejection. The values belong to the log from the call on: they must not be changed.
   * @throws Fault unavailable BUS_UNAVAILABLE, overloaded BUS_OVERLOADED, too-large BUS_TOO_LARGE, full BUS_FULL,
   * invalid BUS_BAD_TEXT (NUL or half a surrogate pair in a key or header)
   */
  publish(records: readonly LogRecord[]): Promise<Position[]>;
  /**
   * As `publish`, for records of one partition, unless something has moved by the time of the commit: then nothing is stored, and
   * the answer is undefined. Only a log in one database with the journal can tell; absent elsewhere.
   */
  readonly publishUnmoved?: (records: readonly LogRecord[], since: Unmoved) => Promise<Position[] | undefined>;
  /** At least once, in order per partition. Resolves once the member has joined. */
  consume(consumer: Consumer): Promise<Consumption>;
  /** Records of one partition from `from` up to and without `to`, in batches. Ends early where the partition ends. */
  read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly Recorded[]>;
  /** For every partition of the topics, the offset that the next record will get (Kafka: the high watermark). */
  ends(topics: readonly string[]): Promise<Position[]>;
  /**
   * For every partition of the topics, the offset of the first record that was appended after `time` (ms since 1970), or the
   * partition's end where there is none. Times of one partition never go back.
   */
  offsetsAfter(topics: readonly string[], time: number): Promise<Position[]>;
  close(): Promise<void>;
}

/** A log whose oldest records can be taken out of it, once they are kept elsewhere. */
export interface NativeLog extends Log {
  /** For every partition of the topics, the offset before which records are gone; 0 where none are. */
  starts(topics: readonly string[]): Promise<Position[]>;
  /**
   * Takes out what lies before the offset, for good. Reading or consuming from there on is refused (BUS_OFFSET_OUT_OF_RANGE), also where
   * it had begun. The same again has no second effect; a call that was broken off is made good by the next one.
   */
  drop(before: Position): Promise<void>;
}
