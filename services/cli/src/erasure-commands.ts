import type { Command } from 'commander';
import type { CliEnds } from './cli-ends';
import { repeated } from './repeated';
import { createServer } from './server';
import { layTable } from './text-table';

type Row = Readonly<Record<string, unknown>>;
type Json = Readonly<{ json?: boolean }>;
type Naming = Readonly<{
  person?: string[];
  actor?: string[];
  text?: string[];
  containing?: boolean;
  reference: string;
}>;
type Held = Naming & Readonly<{ everybody?: boolean; artifact?: string[]; run?: string[]; project?: string[] }>;
type Answer = Readonly<{ result: Row; texts?: readonly string[] }>;

const ask = (ends: CliEnds, name: string, fields: Row): Promise<Answer> =>
  createServer(ends).ask<Answer>(`commands/${name}`, fields);

const namingOf = ({ person = [], actor = [], text = [], containing = false, reference }: Naming): Row => ({
  people: person,
  actors: actor,
  texts: text,
  containing,
  reference,
});

/** `run/path`: no run has a slash in its id. */
const fileOf = (said: string): Row => ({ run: said.split('/')[0], path: said.split('/').slice(1).join('/') });

/** Names are told on stderr, to who asked, so that they get into no file by accident. */
function tellTexts(ends: CliEnds, texts: readonly string[] = []): void {
  for (const text of texts) ends.err.write(`  ${text}\n`);
}

const addNaming = (command: Command): Command =>
  command
    .option('--person <id>', 'somebody who has signed in (see: runledger people); may be repeated', repeated)
    .option('--actor <actor>', 'an actor that is no person, such as a service account; may be repeated', repeated)
    .option('--text <text>', 'what somebody is called in fields that tell of people; may be repeated', repeated)
    .option('--containing', 'also every such text of which one of these is a part, in any case')
    .requiredOption('--reference <where>', 'where the grounds are kept, a ticket for example; it stays in the record');

function listed(ends: CliEnds, rows: readonly Row[], columns: readonly string[], json: boolean): void {
  const cells = rows.map((row) => columns.map((column) => row[column]));
  ends.out.write(json ? `${JSON.stringify(rows)}\n` : layTable(columns, cells));
}

function addErase(program: Command, ends: CliEnds): void {
  const erase = program
    .command('erase')
    .description('erase what is said of somebody: one admin requests it, another person approves');
  addNaming(erase.command('request'))
    .option('--artifact <run/path>', 'an artifact of a run, the bytes of which go; may be repeated', repeated)
    .description('ask for it; prints the id of the request, and on stderr what its subjects are called')
    .action(async (options: Naming & { artifact?: string[] }) => {
      const artifacts = (options.artifact ?? []).map(fileOf);
      const { result, texts } = await ask(ends, 'request-erasure', { ...namingOf(options), artifacts });
      tellTexts(ends, texts);
      ends.out.write(`${String(result['erasure'])}\n`);
    });
  erase
    .command('approve <erasure>')
    .description('approve it: keys are destroyed at once, and nobody can bring them back')
    .action(async (erasure: string) => {
      const { result } = await ask(ends, 'approve-erasure', { erasure });
      ends.out.write(`${erasure} is ${String(result['status'])}\n`);
    });
  erase
    .command('withdraw <erasure>')
    .description('take it back, or refuse it')
    .action(async (erasure: string) => {
      const { result } = await ask(ends, 'withdraw-erasure', { erasure });
      ends.out.write(`${erasure} is ${String(result['status'])}\n`);
    });
  erase
    .command('report <erasure>')
    .description('what it did, who decided it, its leaves in the ledger, and which files had left before; JSON')
    .action(async (erasure: string) => {
      const report = await createServer(ends).read<Row>(`erasures/${encodeURIComponent(erasure)}`);
      ends.out.write(`${JSON.stringify(report, null, 2)}\n`);
    });
  erase
    .command('list', { isDefault: true })
    .description('list requests')
    .option('--json', 'answer as JSON')
    .action(async ({ json = false }: Json) => {
      const { erasures } = await createServer(ends).read<{ erasures: readonly Row[] }>('erasures');
      listed(ends, erasures, ['erasure', 'status', 'subjects', 'people', 'artifacts', 'reference'], json);
    });
}

function addHolds(program: Command, ends: CliEnds): void {
  const holds = program
    .command('holds')
    .description('keep what is said of somebody from being erased, and what was logged from expiring');
  addNaming(holds.command('place'))
    .description('place one; prints its id')
    .option('--artifact <run/path>', 'an artifact of a run, the bytes of which are kept; may be repeated', repeated)
    .option('--run <run>', 'a run, all that it has logged; may be repeated', repeated)
    .option('--project <project>', 'a project, all that its runs have logged; may be repeated', repeated)
    .option('--everybody', 'hold what is said of anybody in this workspace, and all that was logged in it')
    .action(async (options: Held) => {
      const { everybody = false, artifact = [], run: runs = [], project: projects = [] } = options;
      const what = { everybody, artifacts: artifact.map(fileOf), runs, projects };
      const { result, texts } = await ask(ends, 'place-hold', { ...namingOf(options), ...what });
      tellTexts(ends, texts);
      ends.out.write(`${String(result['hold'])}\n`);
    });
  holds
    .command('lift <hold>')
    .description('let it hold no more')
    .action(async (hold: string) => {
      const { result } = await ask(ends, 'lift-hold', { hold });
      ends.out.write(`${hold} is ${String(result['status'])}\n`);
    });
  holds
    .command('list', { isDefault: true })
    .description('list them')
    .option('--json', 'answer as JSON')
    .action(async ({ json = false }: Json) => {
      const answer = await createServer(ends).read<{ holds: readonly Row[] }>('holds');
      listed(ends, answer.holds, ['hold', 'status', 'subjects', 'artifacts', 'runs', 'projects', 'reference'], json);
    });
}

/** `erase` and `holds`: what is said of people is taken back, or kept. */
export function addErasureCommands(program: Command, ends: CliEnds): void {
  addErase(program, ends);
  addHolds(program, ends);
}
