import type { CompareAnswer } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import type { Command } from 'commander';
import type { CliEnds } from './cli-ends';
import { compareRuns, importanceRows } from './compare-runs';
import { type FoundRun, findRuns } from './find-runs';
import { repeated, wholeNumber } from './repeated';
import { createServer } from './server';
import { layTable } from './text-table';

type ListOptions = Readonly<{ experiment?: string[]; limit: number; json?: boolean }>;
type CompareOptions = Readonly<{ baseline?: string; importance?: string; all?: boolean; json?: boolean }>;
type SearchOptions = ListOptions & Readonly<{ order?: string[]; param?: string[]; tag?: string[]; metric?: string[] }>;

const ATTRIBUTES = ['run', 'name', 'experiment', 'status', 'startedAt'] as const;
const dateOf = (ms: unknown): unknown => (typeof ms === 'number' ? new Date(ms).toISOString() : ms);
const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function listed(runs: readonly FoundRun[], { param = [], tag = [], metric = [] }: Partial<SearchOptions>): string {
  const parts = [
    ['params', param],
    ['tags', tag],
    ['metrics', metric],
  ] as const;
  const rows = runs.map((run) => [
    ...ATTRIBUTES.map((name) => (name === 'startedAt' ? dateOf(run[name]) : run[name])),
    ...parts.flatMap(([part, keys]) => keys.map((key) => run[part].find((one) => one.key === key)?.value)),
  ]);
  return layTable([...ATTRIBUTES, ...param, ...tag, ...metric], rows);
}

function compared(answer: CompareAnswer, isAll: boolean): string {
  const rows = compareRuns(answer, isAll);
  const runs = answer.runs.map(({ run }) => run);
  const table = rows.length === 0 ? 'nothing differs\n' : layTable(['', '', ...runs], rows);
  const { importance } = answer;
  if (importance === null) return table;
  const { methods, metric, runs: count } = importance;
  const title = `\nwhat matters to ${metric}, over ${count} runs (${methods.importance}; ${methods.rankCorrelation}):\n`;
  return `${table}${title}${layTable(['param', 'importance', 'rank correlation'], importanceRows(answer))}`;
}

/** `runs`, `search` and `compare`: what is known of runs. */
export function addRunCommands(program: Command, ends: CliEnds): void {
  const list = async (filter: string, options: SearchOptions): Promise<void> => {
    const { experiment, order = [], param, tag, metric } = options;
    const columns = {
      ...(param === undefined ? {} : { params: param }),
      ...(tag === undefined ? {} : { tags: tag }),
      ...(metric === undefined ? {} : { metrics: metric }),
    };
    const question = {
      filter,
      orderBy: order,
      columns,
      ...(experiment === undefined ? {} : { experiments: experiment }),
    };
    const runs = await findRuns(createServer(ends), question, options.limit);
    ends.out.write(options.json === true ? asJson(runs) : listed(runs, options));
    if (runs.length === 0 && options.json !== true) ends.err.write('no run matches\n');
  };

  program
    .command('runs')
    .description('list runs, the newest first')
    .option('--experiment <id>', 'only runs of this experiment; repeat it for more', repeated)
    .option('-n, --limit <count>', 'most runs to show', wholeNumber, 20)
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  runledger runs --experiment digits -n 5')
    .action((options: ListOptions) => list('', options));

  program
    .command('search')
    .description('find runs by params, tags, metrics and attributes')
    .argument('<filter>', "such as: metrics.loss < 0.5 AND params.opt = 'adam'")
    .option('--order <field>', 'field to sort by, with ASC or DESC; repeat it for more', repeated)
    .option('--param <name>', 'show this param; repeat it for more', repeated)
    .option('--tag <name>', 'show this tag; repeat it for more', repeated)
    .option('--metric <name>', 'show this metric; repeat it for more', repeated)
    .option('--experiment <id>', 'only runs of this experiment; repeat it for more', repeated)
    .option('-n, --limit <count>', 'most runs to show', wholeNumber, 20)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  runledger search "metrics.accuracy > 0.9" --order "metrics.accuracy DESC" --metric accuracy --param lr
  runledger search "tags.team = 'vision' OR params.opt IN ('adam', 'sgd')" -n 100 --json`,
    )
    .action(list);

  program
    .command('compare')
    .description('put runs side by side: what differs in params, tags, code, environment, data and metrics')
    .argument('<runs...>', 'ids of two or more runs')
    .option('--baseline <run>', 'the run that metrics are compared with; the first when absent')
    .option('--importance <metric>', 'also tell which params matter to this metric; wants 10 runs or more')
    .option('--all', 'show what is the same, too')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Examples:
  runledger compare 0197f2a4-run-a 0197f2a4-run-b
  runledger compare $(runledger search "params.opt = 'adam'" --json | jq -r '.[].run') --importance loss`,
    )
    .action(async (runs: string[], { baseline, importance, all = false, json }: CompareOptions) => {
      const answer = await createServer(ends).ask<CompareAnswer>('compare', {
        runs,
        all,
        ...(baseline === undefined ? {} : { baseline }),
        ...(importance === undefined ? {} : { importance: { metric: importance } }),
      });
      if (answer.missing.length > 0)
        throw new Fault(
          'missing',
          'CLI_NO_RUN',
          `there is no run ${answer.missing.join(', ')}\nfind its id with: runledger runs`,
        );
      ends.out.write(json === true ? asJson(answer) : compared(answer, all));
    });
}
