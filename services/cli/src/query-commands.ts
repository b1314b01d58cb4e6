import { text } from 'node:stream/consumers';
import type { SqlAnswer } from '@runledger/contracts/http';
import { EXPORTED } from '@runledger/contracts/http';
import { type Command, Option } from 'commander';
import type { CliEnds } from './cli-ends';
import { repeated } from './repeated';
import { saveAnswer } from './save-answer';
import { createServer } from './server';
import { layTable } from './text-table';

const FORMATS = ['jsonl', 'csv', 'arrow', 'parquet'];

type SqlOptions = Readonly<{ format: string; json?: boolean; output?: string; project?: string[] }>;

/** `sql` and `export`: answers of any size. */
export function addQueryCommands(program: Command, ends: CliEnds, stdin: () => NodeJS.ReadableStream): void {
  program
    .command('sql')
    .description('ask one SELECT over runs, params, tags, summaries and points')
    .argument('<statement>', 'the statement, or - to read it from stdin')
    .addOption(
      new Option('-f, --format <format>', 'how to answer').choices(['table', 'json', ...FORMATS]).default('table'),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write the answer to a file')
    .option('--project <id>', 'only runs of this project; repeat it for more', repeated)
    .addHelpText(
      'after',
      `
Examples:
  runledger sql "select run, status, started_at from runs order by started_at desc limit 10"
  runledger sql "select p.value as lr, min(s.value) as best from summaries s join params p using (run)
                 where s.key = 'loss' and p.key = 'lr' group by lr order by best"
  runledger sql "select * from points where key = 'loss'" -f parquet -o loss.parquet`,
    )
    .action(async (statement: string, { format: asked, json, output, project }: SqlOptions) => {
      const format = json === true ? 'json' : asked;
      const sql = statement === '-' ? await text(stdin()) : statement;
      const question = {
        sql,
        format: format === 'table' ? 'json' : format,
        ...(project === undefined ? {} : { projects: project }),
      };
      const server = createServer(ends);
      if (format !== 'table' || output !== undefined)
        return saveAnswer(ends, await server.stream('sql', question), output);
      const { columns, rows } = await server.ask<SqlAnswer>('sql', question);
      ends.out.write(
        layTable(
          columns.map(({ name }) => name),
          rows,
        ),
      );
    });

  program
    .command('export')
    .description('write everything of one kind, of many runs, into one file')
    .addArgument(program.createArgument('<table>', 'what to write').choices(EXPORTED))
    .option('-o, --output <file>', 'where to; stdout when absent')
    .addOption(new Option('-f, --format <format>', 'of the file').choices(FORMATS).default('parquet'))
    .option('--json', 'the same as --format jsonl')
    .option('--run <id>', 'this run; repeat it for more', repeated)
    .option('--filter <filter>', 'runs that match, as in search')
    .option('--experiment <id>', 'runs of this experiment; repeat it for more', repeated)
    .option('--key <name>', 'only this param, tag or metric; repeat it for more', repeated)
    .addHelpText(
      'after',
      `
Examples:
  runledger export points --filter "params.opt = 'adam'" --key loss -o loss.parquet
  runledger export params --experiment digits -f csv -o params.csv`,
    )
    .action(
      async (
        table: string,
        options: Readonly<
          Record<'run' | 'experiment' | 'key', string[] | undefined> & {
            filter?: string;
            format: string;
            json?: boolean;
            output?: string;
          }
        >,
      ) => {
        const question = {
          table,
          format: options.json === true ? 'jsonl' : options.format,
          ...(options.run === undefined ? {} : { runs: options.run }),
          ...(options.filter === undefined ? {} : { filter: options.filter }),
          ...(options.experiment === undefined ? {} : { experiments: options.experiment }),
          ...(options.key === undefined ? {} : { keys: options.key }),
        };
        await saveAnswer(ends, await createServer(ends).stream('export', question), options.output);
      },
    );
}
