import type { DataSource } from 'typeorm';

/** A place in a run's console: the log's order, and the line in its event. */
export type LinePlace = readonly [offset: number, ordinal: number, line: number];
export type ConsoleLine = Readonly<{
  place: LinePlace;
  stream: 'stdout' | 'stderr';
  writer: string;
  /** Number of the line in its stream of its writer, from 0. */
  number: number;
  /** ms since 1970, as the client said. */
  time: number;
  text: string;
}>;
export type ConsoleQuestion = Readonly<{
  workspace: string;
  run: string;
  stream?: 'stdout' | 'stderr' | undefined;
  writer?: string | undefined;
  /** Only lines that hold this text, whatever the case of its letters. */
  contains?: string | undefined;
  /** Place of the last line of the page before. */
  after?: LinePlace | undefined;
  /** The first offset that is not seen; null: all are. */
  cut: number | null;
  /** The last lines first. */
  backwards: boolean;
  limit: number;
}>;

type Row = {
  off: string;
  ord: number;
  n: string;
  stream: 'stdout' | 'stderr';
  writer: string;
  first_line: string;
  time: string;
  text: string;
};

/** Lines in the order in which the log took them. Every chunk is cut into lines only as far as the page reaches. */
function linesSql(backwards: boolean): string {
  const order = backwards ? 'desc' : 'asc';
  const beyond = backwards ? '<' : '>';
  return `
    select c.off, c.ord, l.n, c.stream, c.writer, c.first_line, c.line_times ->> (l.n - 1)::int as time, l.text
    from read.console_chunk c cross join lateral jsonb_array_elements_text(c.lines) with ordinality as l(text, n)
    where c.workspace = $1 and c.run = $2
      and ($3::text is null or c.stream = $3) and ($4::text is null or c.writer = $4)
      and ($5::text is null or position(lower($5) in lower(l.text)) > 0)
      and ($6::int8 is null or (c.off, c.ord) ${beyond}= ($6, $7::int) and (c.off, c.ord, l.n) ${beyond} ($6, $7, $8::int8))
      and ($10::int8 is null or c.off < $10)
    order by c.off ${order}, c.ord ${order}, l.n ${order} limit $9`;
}

/** Reads of what runs printed. */
export const createConsoleReads = (source: DataSource) => ({
  async lines(asked: ConsoleQuestion): Promise<ConsoleLine[]> {
    const { workspace, run, stream, writer, contains, after, cut, backwards, limit } = asked;
    const [off, ord, line] = after ?? [null, null, null];
    const params = [workspace, run, stream ?? null, writer ?? null, contains ?? null, off, ord, line, limit, cut];
    const rows: Row[] = await source.query(linesSql(backwards), params);
    return rows.map((row) => ({
      place: [Number(row.off), row.ord, Number(row.n)],
      stream: row.stream,
      writer: row.writer,
      number: Number(row.first_line) + Number(row.n) - 1,
      time: Number(row.time),
      text: row.text,
    }));
  },
});
export type ConsoleReads = ReturnType<typeof createConsoleReads>;
