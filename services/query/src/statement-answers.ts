import { Readable } from 'node:stream';
import type { PouredFormat } from '@runledger/clickhouse';
import type { FastifyReply } from 'fastify';

export type AnswerFormat = 'json' | 'jsonl' | 'csv' | 'arrow' | 'parquet';
type Shape = Readonly<{ engine: PouredFormat; mediaType: string }>;

export const SHAPES: Readonly<Record<AnswerFormat, Shape>> = {
  json: { engine: 'JSONCompactEachRowWithNamesAndTypes', mediaType: 'application/json; charset=utf-8' },
  jsonl: { engine: 'JSONEachRow', mediaType: 'application/jsonl; charset=utf-8' },
  csv: { engine: 'CSVWithNames', mediaType: 'text/csv; charset=utf-8' },
  arrow: { engine: 'ArrowStream', mediaType: 'application/vnd.apache.arrow.stream' },
  parquet: { engine: 'Parquet', mediaType: 'application/vnd.apache.parquet' },
};

const NEWLINE = 0x0a;

/** Lines of names, types and rows as one JSON document. A newline in a JSON text is always the end of a line. */
async function* documentOf(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  let isPending = false;
  for await (const chunk of lines) {
    let rows = chunk;
    if (head !== null) {
      head = Buffer.concat([head, chunk]);
      const second = head.indexOf(NEWLINE, head.indexOf(NEWLINE) + 1);
      if (head.indexOf(NEWLINE) < 0 || second < 0) continue;
      yield Buffer.from(`{"columns":${columnsOf(head.subarray(0, second))},"rows":[\n`);
      rows = head.subarray(second + 1);
      head = null;
    }
    if (rows.length === 0) continue;
    const isWhole = rows.at(-1) === NEWLINE;
    const text = (isWhole ? rows.subarray(0, -1) : rows).toString('latin1').replaceAll('\n', ',\n');
    yield Buffer.from(`${isPending ? ',\n' : ''}${text}`, 'latin1');
    isPending = isWhole;
  }
  yield Buffer.from(head === null ? '\n]}\n' : '{"columns":[],"rows":[]}\n');
}

function columnsOf(head: Buffer): string {
  const [names = [], types = []] = head
    .toString()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
  return JSON.stringify(names.map((name, i) => ({ name, type: types[i] })));
}

/** Sends an answer as it comes; what fails on the way cuts the connection, so that nobody takes it for whole. */
export function sendAnswer(
  reply: FastifyReply,
  stream: Readable,
  { format, name }: { format: AnswerFormat; name: string },
): void {
  const body = format === 'json' ? Readable.from(documentOf(stream), { objectMode: false }) : stream;
  body.once('close', () => stream.destroy());
  reply.header('content-type', SHAPES[format].mediaType).header('x-content-type-options', 'nosniff');
  if (format !== 'json') reply.header('content-disposition', `attachment; filename="${name}.${format}"`);
  reply.send(body);
}

/** Aborts when whoever asks goes away. */
export function whileAsked(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
