/** Tables that a statement can read, with the engine's types of their columns. Times are ms since 1970. */
export const VIEWS = {
  runs: {
    run: 'String',
    experiment: 'Nullable(String)',
    experiment_name: 'Nullable(String)',
    project: 'String',
    name: 'Nullable(String)',
    description: 'Nullable(String)',
    status: 'String',
    lifecycle: 'String',
    started_at: 'Nullable(Int64)',
    finished_at: 'Nullable(Int64)',
    message: 'Nullable(String)',
    parent: 'Nullable(String)',
  },
  params: { run: 'String', key: 'String', value: 'String', number: 'Nullable(Float64)' },
  tags: { run: 'String', key: 'String', value: 'String' },
  summaries: {
    run: 'String',
    key: 'String',
    value: 'Float64',
    step: 'Int64',
    time: 'Int64',
    min: 'Nullable(Float64)',
    max: 'Nullable(Float64)',
    last: 'Float64',
    last_step: 'Int64',
    first_step: 'Int64',
    first_time: 'Int64',
  },
  points: { run: 'String', key: 'String', step: 'Int64', time: 'Int64', value: 'Float64' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
export type ViewName = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];

export const viewOf = (name: string): ViewName | undefined => VIEW_NAMES.find((view) => view === name.toLowerCase());
export const columnsOf = (view: ViewName): Readonly<Record<string, string>> => VIEWS[view];

/** Values that a column may have; a view is copied or read for these alone. */
export type Narrowing = Readonly<Partial<Record<'run' | 'key' | 'experiment', readonly string[]>>>;
/** A view as it is read in one place of a statement. */
export type ViewUse = Readonly<{ name: string; view: ViewName; columns: readonly string[]; narrow: Narrowing }>;
