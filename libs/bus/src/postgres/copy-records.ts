import type { Recorded } from '@runledger/contracts';
import { type Client, escapeLiteral, type Submittable } from 'pg';

/** Where to begin, and how much to take: at most `maxRecords`, and after the first no more than `maxBytes` of values. */
export type Wanted = Readonly<{
  topic: string;
  partition: number;
  from: number;
  to: number;
  maxRecords: number;
  maxBytes: number;
}>;

/**
 * octet_length of a value stored outside the row reads no value, so that the sum costs nothing. COPY takes no
 * parameters.
 */
const copyStatement = ({ topic, partition, from, to, maxRecords, maxBytes }: Wanted): string => `
  copy (
    select off, (extract(epoch from appended) * 1000)::bigint, key, headers::text, value
    from (
      select *, sum(octet_length(value)) over (order by off) as bytes, row_number() over (order by off) as n
      from (
        select * from custody.log_record
        where topic = ${escapeLiteral(topic)} and partition = ${partition} and off >= ${from} and off < ${to}
        order by off limit ${maxRecords}) next) sized
    where n = 1 or bytes <= ${maxBytes}
    order by off)
  to stdout (format binary)`;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER = SIGNATURE.length + 8; // flags and the length of an extension that is never there

type Failed = (error: Error) => void;
type Wire = { query(text: string): void };

/**
 * A COPY in binary format as a query of pg: bytes arrive as they are stored. (pg reads every column of an ordinary
 * query as UTF-8 text, so that bytes have to travel as hex, at four times the time.)
 */
class CopyOut implements Submittable {
  readonly #records: Recorded[] = [];
  readonly #wanted: Wanted;
  readonly #done: (records: Recorded[]) => void;
  readonly #failed: Failed;
  #error: Error | undefined;
  #headerSeen = false;

  constructor(wanted: Wanted, done: (records: Recorded[]) => void, failed: Failed) {
    this.#wanted = wanted;
    this.#done = done;
    this.#failed = failed;
  }

  submit(connection: unknown): void {
    (connection as Wire).query(copyStatement(this.#wanted));
  }

  /** One message holds one row. Its bytes belong to the parser, which writes over them: what stays is copied. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    try {
      this.#readRow(chunk);
    } catch (error) {
      this.#error ??= error as Error;
    }
  }

  #readRow(chunk: Buffer): void {
    let at = this.#headerSeen ? 0 : HEADER;
    this.#headerSeen = true;
    if (at >= chunk.length || chunk.readInt16BE(at) < 0) return; // the header alone, or the trailer
    at += 2;
    const field = (): Buffer => {
      const length = chunk.readInt32BE(at);
      at += 4 + length;
      return chunk.subarray(at - length, at);
    };
    const offset = Number(field().readBigInt64BE());
    const appended = Number(field().readBigInt64BE());
    const key = field().toString();
    const headers = JSON.parse(field().toString()) as Record<string, string>;
    const value = Buffer.from(field());
    const { topic, partition } = this.#wanted;
    this.#records.push({ topic, partition, offset, appended, key, headers, value });
  }

  handleError(error: Error): void {
    this.#failed(error);
  }

  handleReadyForQuery(): void {
    if (this.#error) this.#failed(this.#error);
    else this.#done(this.#records);
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
}

/** The next records of a partition, in order, as many as are there and wanted. */
export const copyRecords = (client: Client, wanted: Wanted): Promise<Recorded[]> =>
  new Promise((done, failed) => {
    client.query(new CopyOut(wanted, done, failed));
  });
