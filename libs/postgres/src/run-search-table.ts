import type { Condition, Field, MetricValue, SqlValues } from '@runledger/filter';
import { type SearchTable, type SortKey, sortedText } from './search-sql';

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** MLflow's words for the attributes of a run. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  run_id: 'r.run',
  run_name: 'r.name',
  user_id: `(select u.value from read.run_tag u
    where u.workspace = r.workspace and u.run = r.run and u.key = 'mlflow.user' and u.to_off is null)`,
  status: 'upper(r.status)',
  start_time: millis('r.started_at'),
  end_time: millis('r.finished_at'),
  artifact_uri: `('mlflow-artifacts:/' || r.experiment || '/' || r.run || '/artifacts')`,
  experiment_id: 'r.experiment',
  project: 'r.project',
  parent_run_id: 'r.parent',
  description: 'r.description',
};
const NUMBERS: ReadonlySet<string> = new Set(['start_time', 'end_time']);

/** NaN where every point is one: there is no least of none. */
const METRIC_VALUES: Readonly<Record<MetricValue, (metric: string) => string>> = {
  latest: (m) => `${m}.value`,
  last: (m) => `${m}.last`,
  min: (m) => `coalesce(${m}.min, 'NaN')`,
  max: (m) => `coalesce(${m}.max, 'NaN')`,
};

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
 * The column map of runs. `workspace` is the placeholder of the workspace, `numbers` the metrics that are asked for, by name:
 * a number that stands in the statement lets the planner read the one partition where the metric lies.
 */
export function runSearchTable(workspace: string, numbers: ReadonlyMap<string, number>): SearchTable {
  const metricNumber = (key: string): number => numbers.get(key) ?? -1;
  return {
    entity: 'run',
    from: `read.run r left join custody.series s on s.workspace = r.workspace and s.run = r.run`,
    target: {
      attributes: ATTRIBUTES,
      param: (key, condition, values) => `r.run in (select p.run from read.run_param p
        where p.workspace = ${workspace} and p.key = ${values.add(key, 'text')} and ${onValue('p', condition, values)})`,
      tag: (key, condition, values) => `r.run in (select t.run from read.run_tag t
        where t.workspace = ${workspace} and t.key = ${values.add(key, 'text')} and t.to_off is null
          and ${onValue('t', condition, values)})`,
      metric: ({ key, value }, condition) => `s.number in (select m.series from read.run_metric m
        where m.key = ${metricNumber(key)} and ${condition.of(METRIC_VALUES[value]('m'))})`,
      link: (key, condition) => `r.run in (select l.run from read.run_link l
        where l.workspace = ${workspace} and ${condition.of(`l.${key}`)})`,
      dataset: (key, condition) => `r.run in (select i.run from read.run_input i
        where i.workspace = ${workspace} and ${condition.of(`i.${key}`)})`,
    },
    sortKey: (field, at, values) => sortKey(field, `o${at}`, { values, metricNumber }),
    tieBreaks: [
      { sql: 'r.sort_at', type: 'timestamptz', descending: true, nullable: false },
      { sql: 'r.run', type: 'text', descending: false, nullable: false },
    ],
  };
}

type Sorting = Readonly<{ values: SqlValues; metricNumber: (key: string) => number }>;
type Sorted = Omit<SortKey, 'descending'> & Readonly<{ join?: string }>;

function sortKey(field: Field, alias: string, { values, metricNumber }: Sorting): Sorted {
  switch (field.part) {
    case 'attribute': {
      const sql = ATTRIBUTES[field.key] ?? 'null';
      const isNumber = NUMBERS.has(field.key);
      return { sql: isNumber ? sql : sortedText(sql), type: isNumber ? 'float8' : 'text', nullable: true };
    }
    case 'param':
    case 'tag': {
      const current = field.part === 'tag' ? ` and ${alias}.to_off is null` : '';
      const join = `left join read.run_${field.part} ${alias} on ${alias}.workspace = r.workspace and ${alias}.run = r.run
        and ${alias}.key = ${values.add(field.key, 'text')}${current}`;
      return { sql: `${alias}.short`, type: 'text', nullable: true, join };
    }
    case 'metric': {
      const join = `left join read.run_metric ${alias} on ${alias}.series = s.number and ${alias}.key = ${metricNumber(field.key)}`;
      // A row that is not there is missing, also where its extremes would be NaN.
      const value = `case when ${alias}.series is not null then ${METRIC_VALUES[field.value](alias)} end`;
      return { sql: `(${value})`, type: 'float8', nullable: true, join };
    }
    default:
      return { sql: 'null', type: 'text', nullable: true };
  }
}
