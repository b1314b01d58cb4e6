import type { DataSource } from 'typeorm';
import { selectTime } from './columns';

/** Where a letter was set aside: by which group, and of which event of which message; ordinal -1 is the whole message. */
export type LetterPlace = Readonly<{
  group: string;
  topic: string;
  partition: number;
  offset: number;
  ordinal: number;
}>;
export type LetterRecord = LetterPlace &
  Readonly<{
    /** Null: it could not be read. */
    workspace: string | null;
    step: string;
    code: string;
    message: string;
    /** When the log took the message, ms since 1970. */
    time: number;
    /** Null: never. */
    replayed: Readonly<{ times: number; at: number; actor: string }> | null;
  }>;

/** `nameless`: those as well whose workspace could not be read. */
export type LetterScope = Readonly<{ workspace: string; nameless: boolean }>;
export type LetterPage = Readonly<{
  after: (LetterPlace & Readonly<{ time: number }>) | undefined;
  limit: number;
  group?: string | undefined;
}>;

type Row = Record<'partition' | 'off' | 'ord' | 'time', string> &
  Readonly<{
    group_name: string;
    topic: string;
    workspace: string | null;
    step: string;
    code: string;
    message: string;
  }> &
  Readonly<{ replays: string | null; replayed_at: string | null; replayed_by: string | null }>;

/** A letter's name, by which it is asked for; all of it are characters of an id. */
export const letterName = ({ group, topic, partition, offset, ordinal }: LetterPlace): string =>
  [group, topic, partition, offset, ordinal].join('.');

const NAME = /^([a-z]{1,32})\.([a-z]{1,32}\.[a-z]{1,32}\.v\d{1,4})\.(\d{1,9})\.(\d{1,15})\.(-1|\d{1,9})$/;

/** Null: no letter is named so. */
export function placeOfLetter(name: string): LetterPlace | null {
  const [, group = '', topic = '', partition, offset, ordinal] = NAME.exec(name) ?? [];
  if (group === '') return null;
  return { group, topic, partition: Number(partition), offset: Number(offset), ordinal: Number(ordinal) };
}

const SELECT = `
  select l.group_name, l.topic, l.partition, l.off, l.ord, l.workspace, l.step, l.code, l.message,
    ${selectTime('l.time', 'time')}, r.version as replays, r.actor as replayed_by,
    ${selectTime('r.recordedtime', 'replayed_at')}
  from read.dead_letter l left join lateral (
    select e.version, e.actor, e.recordedtime from custody.journal_event e
    where e.workspace = $1 and e.subject = 'dead-letter/' || concat_ws('.', l.group_name, l.topic, l.partition, l.off, l.ord)
    order by e.version desc limit 1) r on true
  where (l.workspace = $1 or ($2 and l.workspace is null))`;

const recordOf = (row: Row): LetterRecord => ({
  group: row.group_name,
  topic: row.topic,
  partition: Number(row.partition),
  offset: Number(row.off),
  ordinal: Number(row.ord),
  workspace: row.workspace,
  step: row.step,
  code: row.code,
  message: row.message,
  time: Number(row.time),
  replayed:
    row.replays === null
      ? null
      : { times: Number(row.replays), at: Number(row.replayed_at), actor: row.replayed_by ?? '' },
});

const placeAfter = (after: LetterPage['after']): unknown[] =>
  after === undefined
    ? new Array(6).fill(null)
    : [after.time, after.group, after.topic, after.partition, after.offset, after.ordinal];

export interface LetterReads {
  /** The newest first. */
  list(scope: LetterScope, page: LetterPage): Promise<LetterRecord[]>;
  get(scope: LetterScope, place: LetterPlace): Promise<LetterRecord | null>;
}

export const createLetterReads = (source: DataSource): LetterReads => ({
  async list({ workspace, nameless }, { after, limit, group }) {
    const rows: Row[] = await source.query(
      `${SELECT} and ($3::text is null or l.group_name = $3)
         and ($4::float8 is null or l.time < to_timestamp($4::float8 / 1000) or (l.time = to_timestamp($4::float8 / 1000)
           and (l.group_name, l.topic, l.partition, l.off, l.ord) > ($5, $6, $7::int, $8::int8, $9::int)))
       order by l.time desc, l.group_name, l.topic, l.partition, l.off, l.ord limit $10`,
      [workspace, nameless, group ?? null, ...placeAfter(after), limit],
    );
    return rows.map(recordOf);
  },

  async get({ workspace, nameless }, { group, topic, partition, offset, ordinal }) {
    const rows: Row[] = await source.query(
      `${SELECT} and l.group_name = $3 and l.topic = $4 and l.partition = $5 and l.off = $6 and l.ord = $7`,
      [workspace, nameless, group, topic, partition, offset, ordinal],
    );
    return rows[0] === undefined ? null : recordOf(rows[0]);
  },
});
