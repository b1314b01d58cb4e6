import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { CheckLine, CheckResult, Difference, Progress, RebuildLine } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import { Argument, type Command } from 'commander';
import { type CliEnds, CommandExit, EXIT } from './cli-ends';
import { createServer } from './server';

type CheckFlags = Readonly<{ repair?: boolean; artifacts?: boolean; json?: boolean }>;
type Failure = Extract<CheckLine, { kind: 'failed' }>;

async function* linesOf<Line>(answer: Readable): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: answer })) if (line !== '') yield JSON.parse(line) as Line;
}

const failed = ({ code, message }: Failure): Fault => new Fault('unavailable', 'CLI_REFUSED', `${message} (${code})`);
const cut = (): Fault =>
  new Fault('unavailable', 'CLI_BROKEN_OFF', 'the answer broke off before its end: the server stopped; try again');

/** Tells on stderr how far it is: in place on a terminal, and line by line elsewhere, where a stage begins. */
function createTicker({ err }: CliEnds) {
  let before = '';
  return ({ what, stage, records, of }: Progress): void => {
    const line = `${what}: ${stage}${of === 0 ? '' : `, ${records} of ${of} records`}`;
    if (err.isTTY) err.write(`\r\u001b[K${line}`);
    else if (`${what} ${stage}` !== before) err.write(`${line}\n`);
    before = `${what} ${stage}`;
  };
}

const rowsOf = (held: Difference['expected']): string => (held === null ? 'nothing' : `${held.rows} rows`);
const listed = (sign: string, rows: readonly string[]): string => rows.map((row) => `    ${sign} ${row}\n`).join('');

function described({ workspace, subject, where, expected, found, missing, unexpected, repaired }: Difference): string {
  const of = workspace === '' ? subject : `${workspace} ${subject}`;
  const what = `expected ${rowsOf(expected)}, found ${rowsOf(found)}${repaired ? ': repaired' : ''}`;
  return `${of}\n  ${where}: ${what}\n${listed('-', missing)}${listed('+', unexpected)}`;
}

/** What each of the two checks reads. */
const READ = {
  check: ({ records, compared }: CheckResult) => `${records} records read, ${compared} tables compared`,
  'ledger/check': ({ records, compared }: CheckResult) =>
    `${records} leaves of the ledger compared with log, stored files, tiles and ${compared} checkpoints`,
} as const;
type Check = keyof typeof READ;

function concluded(check: Check, result: CheckResult): string {
  const { differences, repaired } = result;
  const read = READ[check](result);
  if (differences === 0) return `${read}: no difference\n`;
  if (differences === repaired) return `${read}: ${differences} differences, all repaired\n`;
  return `${read}: ${differences} differences, ${repaired} repaired\n`;
}

const tellJson =
  ({ out }: CliEnds) =>
  (line: CheckLine): void =>
    void out.write(`${JSON.stringify(line)}\n`);

function tellPeople(ends: CliEnds, check: Check) {
  const tick = createTicker(ends);
  return (line: CheckLine): void => {
    if (line.kind === 'progress') tick(line);
    if (line.kind === 'difference') ends.out.write(described(line));
    if (line.kind === 'result') ends.err.write(`${ends.err.isTTY ? '\r\u001b[K' : ''}${concluded(check, line)}`);
  };
}

/** @throws Fault unavailable CLI_REFUSED, CLI_BROKEN_OFF */
function resultOf(last: CheckLine | undefined): CheckResult {
  if (last?.kind === 'failed') throw failed(last);
  if (last?.kind !== 'result') throw cut();
  return last;
}

/** @throws Fault unavailable CLI_REFUSED, CLI_BROKEN_OFF */
async function runCheck(ends: CliEnds, check: Check, body: object, json: boolean): Promise<CheckResult> {
  const tell = json ? tellJson(ends) : tellPeople(ends, check);
  let last: CheckLine | undefined;
  for await (const line of linesOf<CheckLine>(await createServer(ends).stream(check, body))) {
    tell(line);
    last = line;
  }
  return resultOf(last);
}

/** `check` and `rebuild`: whether what people read is what the log says, and how it becomes so again. */
export function addUpkeepCommands(program: Command, ends: CliEnds): void {
  program
    .command('check')
    .description(
      'read the whole log again and compare it with what people read and with the ledger; exit code 1 where something differs',
    )
    .option('--repair', 'rebuild what differs, thing by thing')
    .option('--no-artifacts', 'do not read the stored files, which may be many gigabytes')
    .option('--json', 'answer as JSON lines')
    .addHelpText(
      'after',
      `
It needs a key of an admin of the first workspace, and nobody waits for it. Names each difference: what it is about, where it lies, a few rows
that are missing (-) and that should not be there (+). Then each leaf of the ledger is compared with the record that it commits to, with the stored
files that it names, with its tiles and with every checkpoint: what differs there cannot be repaired. With --repair the exit code is 0 where all was repaired.

Examples:
  runledger check
  runledger check --repair`,
    )
    .action(async ({ repair = false, artifacts = true, json = false }: CheckFlags) => {
      const read = await runCheck(ends, 'check', { repair }, json);
      const ledger = await runCheck(ends, 'ledger/check', { artifacts }, json);
      if (read.differences > read.repaired || ledger.differences > 0) throw new CommandExit(EXIT.refused);
    });

  program
    .command('rebuild')
    .description('fill a projection anew from the log, beside the one that is read meanwhile, and put it in its place')
    .addArgument(
      new Argument('<projection>', 'metadata: runs, experiments, models; series: points; console: lines').choices([
        'metadata',
        'console',
        'series',
      ]),
    )
    .addHelpText(
      'after',
      `
It needs a key of an admin of the first workspace. It goes on when you interrupt it here, and begins again where it was when the server is
stopped. Needed after an upgrade? No: a release that fills a projection in another way rebuilds it by itself.

Example:
  runledger rebuild series`,
    )
    .action(async (projection: string) => {
      const tick = createTicker(ends);
      let last: RebuildLine | undefined;
      for await (const line of linesOf<RebuildLine>(await createServer(ends).stream('rebuild', { projection }))) {
        last = line;
        if (line.kind === 'failed') throw failed(line);
        tick(line);
      }
      if (last?.kind !== 'progress' || last.stage !== 'done') throw cut();
      ends.err.write(ends.err.isTTY ? '\n' : '');
      ends.out.write(`${projection} is rebuilt\n`);
    });
}
