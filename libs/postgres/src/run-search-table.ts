import type { Condition, Field, Holders, LookUps, MetricValue, SqlValues } from '@runledger/filter';
import { heldSql, recordedSql } from './as-of';
import type { RunMoment } from './run-moment';
import { type SearchTable, type SortKey, sortedText } from './search-sql';

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** MLflow's words for the attributes of a run. */
const attributesOf = (cut: string | null): Readonly<Record<string, string>> => ({
  run_id: 'r.run',
  run_name: 'r.name',
  user_id: `(select u.value from read.run_tag u
    where u.workspace = r.workspace and u.run = r.run and u.key = 'mlflow.user' and ${heldSql('u', cut)})`,
  status: 'upper(r.status)',
  start_time: millis('r.started_at'),
  end_time: millis('r.finished_at'),
  artifact_uri: `('mlflow-artifacts:/' || r.experiment || '/' || r.run || '/artifacts')`,
  experiment_id: 'r.experiment',
  project: 'r.project',
  parent_run_id: 'r.parent',
  description: 'r.description',
  fingerprint: 'f.fingerprint',
});
/** Joins of a filter. With the others they are no more than the planner puts into the best order (join_collapse_limit). */
const MOST_JOINS = 4;
const NUMBERS: ReadonlySet<string> = new Set(['start_time', 'end_time']);

const METRIC_COLUMNS: Readonly<Record<MetricValue, string>> = { latest: 'value', last: 'last', min: 'min', max: 'max' };
/** NaN where every point is one: there is no least of none. */
const metricValue = (metric: string, value: MetricValue): string => {
  const column = `${metric}.${METRIC_COLUMNS[value]}`;
  return value === 'min' || value === 'max' ? `coalesce(${column}, 'NaN')` : column;
};
/** The same where a condition is asked of it; of a column, where that answers it, a planner knows how many hold it. */
const askedValue = (metric: string, value: MetricValue, { missesNaN }: Condition): string =>
  missesNaN === true ? `${metric}.${METRIC_COLUMNS[value]}` : metricValue(metric, value);

/** Characters of a value that its column `short` has, which the index holds. */
const SHORT = 200;
const lengthOf = (text: string): number => Array.from(text).length;

/** The condition, asked of the short value wherever that answers it, as it does when it is compared with shorter texts. */
function onValue(alias: string, condition: Condition, values: SqlValues): string {
  const { texts } = condition;
  if (texts === undefined) return condition.of(`${alias}.value`);
  if (texts.among.every((text) => lengthOf(text) < SHORT)) return condition.of(`${alias}.short`);
  const whole = condition.of(`${alias}.value`);
  const begins = texts.among.map((text) => Array.from(text).slice(0, SHORT).join(''));
  return texts.isOne ? `${alias}.short = any (${values.add(begins, 'text[]')}) and ${whole}` : whole;
}

/**
 * What a search names: its metrics, by their names, whose numbers stand in the statement so that the planner reads the one partition
 * where each lies; and whether it names fingerprints, a join that costs each search some milliseconds.
 */
type Asked = Readonly<{
  numbers: ReadonlyMap<string, number>;
  moment: RunMoment | null;
  byFingerprint: boolean;
  /** Terms joined by OR are made one set. */
  unites: boolean;
}>;

/** The column map of runs. `workspace` is the placeholder of the workspace. */
export function runSearchTable(workspace: string, { numbers, moment, byFingerprint, unites }: Asked): SearchTable {
  const metricNumber = (key: string): number => numbers.get(key) ?? -1;
  const cut = moment?.facts('r') ?? null;
  const attributes = attributesOf(cut);
  const fingerprints = byFingerprint
    ? `left join read.run_fingerprint f on f.workspace = r.workspace and f.run = r.run and ${heldSql('f', cut)}`
    : '';
  /** As of a moment holders are joins themselves: a planner that stops at a page would make each of them for each run. */
  const isJoined = moment !== null;
  /** The runs that have a row for which the condition holds. As of a moment a row is looked at with the cut of its own run. */
  const having = (
    [rows, alias]: readonly [rows: string, alias: string],
    unique: boolean,
    conditionOf: (cut: string | null) => string,
  ): Holders => {
    const of = moment === null ? '' : `join read.run q on q.workspace = ${alias}.workspace and q.run = ${alias}.run`;
    const then = moment?.facts('q') ?? null;
    const isThen = moment === null ? '' : `and ${heldSql('q', then)}`;
    return {
      of: 'r.run',
      column: `${alias}.run`,
      rows: `from ${rows} ${alias} ${of} where ${alias}.workspace = ${workspace} ${isThen} and ${conditionOf(then)}`,
      unique,
      isJoined,
    };
  };
  const joins: string[] = [];
  const sets: string[] = [];
  /** What is held now is looked up once for all runs. */
  const lookUps: LookUps = {
    of: 'r.run',
    param: (key, condition, values) => `select p.run from read.run_param p
        where p.workspace = ${workspace} and p.key = ${values.add(key, 'text')} and ${onValue('p', condition, values)}`,
    tag: (key, condition, values) => `select t.run from read.run_tag t
        where t.workspace = ${workspace} and t.key = ${values.add(key, 'text')} and ${heldSql('t', null)}
          and ${onValue('t', condition, values)}`,
  };
  return {
    entity: 'run',
    get from() {
      // By the collation of its index, without which the planner does not know either that there is one at most.
      const run =
        'read.run r left join custody.series s on s.workspace = r.workspace and s.run = r.run collate "default"';
      return [run, fingerprints, ...joins].join(' ');
    },
    sets,
    target: {
      attributes,
      param: (key, condition, values) => {
        const named = `p.key = ${values.add(key, 'text')} and ${onValue('p', condition, values)}`;
        return having(['read.run_param', 'p'], true, (then) => `${named} and ${recordedSql('p', then)}`);
      },
      tag: (key, condition, values) => {
        const named = `t.key = ${values.add(key, 'text')} and ${onValue('t', condition, values)}`;
        return having(['read.run_tag', 't'], true, (then) => `${named} and ${heldSql('t', then)}`);
      },
      ...(cut === null ? { lookUps } : {}),
      metric: ({ key, value }, condition) => {
        const holds = condition.of(askedValue('m', value, condition));
        const asked = `m.key = ${metricNumber(key)} and ${holds}`;
        if (moment === null) {
          const named = `from read.run_metric m join custody.series ms on ms.number = m.series where ${asked}`;
          const shared = { of: 'r.run', column: 'ms.run', rows: named };
          return {
            of: 's.number',
            column: 'm.series',
            rows: `from read.run_metric m where ${asked}`,
            unique: true,
            shared,
          };
        }
        const rows = `from ${moment.summaries(metricNumber(key))} m
          join custody.series ms on ms.number = m.series join read.run q on q.workspace = ms.workspace and q.run = ms.run
          where q.workspace = ${workspace} and ${heldSql('q', moment.facts('q'))}
            and m.last_origin < ${moment.origin('q')} and ${holds}`;
        return { of: 's.number', column: 'm.series', rows, unique: true, isJoined };
      },
      join: ({ of, column, rows, unique }) => {
        if (joins.length === MOST_JOINS) return undefined;
        const alias = `j${joins.length}`;
        joins.push(
          `left join (select ${unique ? '' : 'distinct '}${column} as one, true as has ${rows}) ${alias} on ${alias}.one = ${of}`,
        );
        return `${alias}.has`;
      },
      unites,
      once: (query) => {
        const name = `set${sets.length}`;
        sets.push(`${name} as materialized (${query})`);
        return `select * from ${name}`;
      },
      link: (key, condition) =>
        having(['read.run_link', 'l'], false, (then) => `${recordedSql('l', then)} and ${condition.of(`l.${key}`)}`),
      dataset: (key, condition) =>
        having(['read.run_input', 'i'], false, (then) => `${recordedSql('i', then)} and ${condition.of(`i.${key}`)}`),
    },
    sortKey: (field, at, values) => sortKey(field, `o${at}`, { values, metricNumber, attributes, moment }),
    tieBreaks: [
      { sql: 'r.sort_at', type: 'timestamptz', descending: true, nullable: false },
      { sql: 'r.run', type: 'text', descending: false, nullable: false },
    ],
  };
}

type Sorting = Readonly<{
  values: SqlValues;
  metricNumber: (key: string) => number;
  attributes: Readonly<Record<string, string>>;
  moment: RunMoment | null;
}>;
type Sorted = Omit<SortKey, 'descending'> & Readonly<{ join?: string }>;

function sortKey(field: Field, alias: string, sorting: Sorting): Sorted {
  const { values, metricNumber, attributes, moment } = sorting;
  const cut = moment?.facts('r') ?? null;
  switch (field.part) {
    case 'attribute': {
      const sql = attributes[field.key] ?? 'null';
      const isNumber = NUMBERS.has(field.key);
      return { sql: isNumber ? sql : sortedText(sql), type: isNumber ? 'float8' : 'text', nullable: true };
    }
    case 'param':
    case 'tag': {
      const current = field.part === 'tag' ? heldSql(alias, cut) : recordedSql(alias, cut);
      const join = `left join read.run_${field.part} ${alias} on ${alias}.workspace = r.workspace and ${alias}.run = r.run
        and ${alias}.key = ${values.add(field.key, 'text')} and ${current}`;
      return { sql: `${alias}.short`, type: 'text', nullable: true, join };
    }
    case 'metric': {
      const number = metricNumber(field.key);
      const join =
        moment === null
          ? `left join read.run_metric ${alias} on ${alias}.series = s.number and ${alias}.key = ${number}`
          : `left join ${moment.summaries(number)} ${alias} on ${alias}.series = s.number
              and ${alias}.last_origin < ${moment.origin('r')}`;
      const value = metricValue(alias, field.value);
      // A row that is not there is missing, also where its extremes would be NaN.
      const isExtreme = field.value === 'min' || field.value === 'max';
      const sql = isExtreme ? `(case when ${alias}.series is not null then ${value} end)` : value;
      return { sql, type: 'float8', nullable: true, join };
    }
    default:
      return { sql: 'null', type: 'text', nullable: true };
  }
}
