/** Which of a metric's values: the one at the greatest (step, time, value), the end of its curve, or the extremes of any point. */
export type MetricValue = 'latest' | 'last' | 'min' | 'max';
export type DatasetField = 'name' | 'digest' | 'context';
export type LinkField = 'kind' | 'uri' | 'external_id' | 'version';

/** What a test looks at. */
export type Field =
  | Readonly<{ part: 'attribute'; key: string }>
  | Readonly<{ part: 'param'; key: string }>
  | Readonly<{ part: 'tag'; key: string }>
  | Readonly<{ part: 'metric'; key: string; value: MetricValue }>
  | Readonly<{ part: 'dataset'; key: DatasetField }>
  | Readonly<{ part: 'link'; key: LinkField }>;
export type Part = Field['part'];

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Matcher = 'LIKE' | 'ILIKE' | 'RLIKE';

/** One comparison. A field that is absent passes no test but `absent`. */
export type Test =
  | Readonly<{ is: 'number'; field: Field; comparator: Comparator; value: number }>
  | Readonly<{ is: 'text'; field: Field; comparator: '=' | '!='; value: string }>
  | Readonly<{ is: 'match'; field: Field; matcher: Matcher; pattern: string }>
  | Readonly<{ is: 'among'; field: Field; values: readonly string[]; negated: boolean }>
  | Readonly<{ is: 'absent'; field: Field; negated: boolean }>;

/** What was asked for, as a tree. Truth has two values: `NOT params.x = '1'` holds where there is no `x`. */
export type Filter =
  | Test
  | Readonly<{ is: 'all'; terms: readonly Filter[] }>
  | Readonly<{ is: 'any'; terms: readonly Filter[] }>
  | Readonly<{ is: 'not'; term: Filter }>;

export type Order = Readonly<{ field: Field; descending: boolean }>;
