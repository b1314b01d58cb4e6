import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { CheckLine, CheckResult, Difference, Progress } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import type { CliEnds } from './cli-ends';
import { createServer } from './server';

type Failure = Extract<CheckLine, { kind: 'failed' }>;

export async function* linesOf<Line>(answer: Readable): AsyncGenerator<Line> {
  for await (const line of createInterface({ input: answer })) if (line !== '') yield JSON.parse(line) as Line;
}

export const failed = ({ code, message }: Failure): Fault =>
  new Fault('unavailable', 'CLI_REFUSED', `${message} (${code})`);
export const cut = (): Fault =>
  new Fault('unavailable', 'CLI_BROKEN_OFF', 'the answer broke off before its end: the server stopped; try again');

/** Tells on stderr how far it is: in place on a terminal, and line by line elsewhere, where a stage begins. */
export function createTicker({ err }: CliEnds) {
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

/** What each of the checks reads. */
const READ = {
  check: ({ records, compared }: CheckResult) => `${records} records read, ${compared} tables compared`,
  'ledger/check': ({ records, compared }: CheckResult) =>
    `${records} leaves of the ledger compared with log, stored files, tiles and ${compared} checkpoints`,
  'archive/verify': ({ records, compared }: CheckResult) =>
    `${compared} files of the archive read back, ${records} messages`,
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

/** Shows what a check tells, line by line. @throws Fault unavailable CLI_REFUSED, CLI_BROKEN_OFF */
export async function runCheck(ends: CliEnds, check: Check, body: object, json: boolean): Promise<CheckResult> {
  const tell = json ? tellJson(ends) : tellPeople(ends, check);
  let last: CheckLine | undefined;
  for await (const line of linesOf<CheckLine>(await createServer(ends).stream(check, body))) {
    tell(line);
    last = line;
  }
  return resultOf(last);
}
