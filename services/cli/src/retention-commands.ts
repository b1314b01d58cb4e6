import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CliEnds, EXIT } from './cli-ends';
import { expiredIn, expiredTable } from './expired-list';
import { wholeNumber } from './repeated';
import { createServer } from './server';
import { layTable } from './text-table';

type Term = Readonly<{ days: number | null; from: string }>;
type Terms = Readonly<{ held: Term | null; next: Term | null; due: number }>;
const DELETERS = ['editors', 'maintainers', 'admins', 'nobody'] as const;
type Deleters = Readonly<{ deleters: (typeof DELETERS)[number]; from: string }>;
type Lock = Omit<Terms, 'due'> & Readonly<{ files: number; until: string | null; open: number }>;
type Retention = Readonly<{
  points: Terms;
  artifacts: Terms;
  lock: Lock;
  deleters: Readonly<{ held: Deleters | null; next: Deleters | null }>;
}>;
const EVER = 'ever';
const NONE = 'none';
type Days = number | typeof EVER;
type LockDays = number | typeof NONE;
type Options = Readonly<{ points: Days; artifacts: Days; lock?: LockDays; reference?: string; dryRun?: boolean }>;
type ExpiredOptions = Readonly<{ what?: string; limit: number; json?: boolean }>;
type Held = Readonly<{ runs: number; listed: ReadonlyArray<Readonly<{ run: string; holds: string[] }>> }>;
type Going = Readonly<{ days: number | null; from: string | null; runs: number; held: Held }>;
type Preview = Readonly<{
  points: Going & Readonly<{ metrics: number; points: number }>;
  artifacts: Going & Readonly<{ files: number; bytes: number; freed: number }>;
}>;

/** @throws InvalidArgumentError for anything but a number and this word */
const daysOr =
  <W extends string>(word: W) =>
  (said: string): number | W => {
    if (said === word) return word;
    const days = Number(said);
    if (said.trim() === '' || !Number.isFinite(days)) throw new InvalidArgumentError(`Neither days nor ${word}.`);
    return days;
  };
const daysOf = daysOr(EVER);

const shown = (term: Term | null): string => (term === null || term.days === null ? EVER : `${term.days} days`);
const row = (what: string, { held, next, due }: Terms): string[] => [
  what,
  shown(held),
  next === null ? '' : `${shown(next)} from ${next.from}`,
  String(due),
];

const deletersLine = ({ held, next }: Retention['deleters']): string =>
  `who may delete: ${held?.deleters ?? 'editors'}${next === null ? '' : `; ${next.deleters} from ${next.from}`}\n`;

const heldLines = (what: string, { held }: Going): string[] => {
  const listed = held.listed.map(({ run, holds }) => `${what} of ${run} are held by ${holds.join(', ')}\n`);
  const rest = held.runs - held.listed.length;
  return rest === 0 ? listed : [...listed, `${what} of ${rest} more runs are held\n`];
};

/** What would go, and what is held. */
function previewShown({ points, artifacts }: Preview): string {
  const rowOf = (what: string, going: Going, size: string): string[] => [
    what,
    shown(going.days === null ? null : { days: going.days, from: going.from ?? '' }),
    going.from ?? '',
    String(going.runs),
    size,
    String(going.held.runs),
  ];
  const table = layTable(
    ['what', 'kept for', 'from', 'runs', 'would go', 'runs held'],
    [
      rowOf('points', points, `${points.points} points of ${points.metrics} metrics`),
      rowOf('artifacts', artifacts, `${artifacts.files} files, ${artifacts.bytes} bytes, ${artifacts.freed} freed`),
    ],
  );
  return [table, ...heldLines('points', points), ...heldLines('artifacts', artifacts)].join('');
}

/** In words, under the table. */
function lockShown({ held, next, files, until, open }: Lock): string {
  const days = (term: Term | null): string => (term === null || term.days === null ? NONE : `${term.days} days`);
  const then = next === null ? '' : `, then ${days(next)} from ${next.from}`;
  const locked = files === 0 ? '' : `; ${files} locked, the last until ${until}, which nobody can shorten`;
  return `lock of artifacts: ${days(held)}${then}${locked}${open === 0 ? '' : `; ${open} still to be locked`}\n`;
}

/** How long a project keeps what its runs have logged, and who may delete in it. */
export function addRetentionCommands(program: Command, ends: CliEnds): void {
  const retention = program
    .command('retention')
    .description(
      'how long a project keeps points and artifacts of its runs, and locks artifacts, and who may delete in it',
    );
  retention
    .command('show <project>')
    .description('what holds, what will, of how many runs that takes something, and who may delete')
    .option('--json', 'as JSON')
    .action(async (project: string, { json = false }: { json?: boolean }) => {
      const path = `projects/${encodeURIComponent(project)}/retention`;
      const found = await createServer(ends).read<Retention>(path);
      const rows = [row('points', found.points), row('artifacts', found.artifacts)];
      const table = layTable(['what', 'kept for', 'then', 'runs due'], rows);
      const words = lockShown(found.lock) + deletersLine(found.deleters);
      ends.out.write(json ? `${JSON.stringify(found)}\n` : table + words);
    });
  retention
    .command('set <project>')
    .description('say it; less than before, or a longer lock, holds a while later, and can be taken back until then')
    .option('--points <days>', 'days after the end of a run, or ever', daysOf, EVER)
    .option('--artifacts <days>', 'the same for its artifacts', daysOf, EVER)
    .option(
      '--lock <days>',
      'days for which nobody can take an artifact away once stored, or none; as before when absent',
      daysOr(NONE),
    )
    .option('--reference <where>', 'where the grounds are kept, a rule for example; it stays in the record')
    .option('--dry-run', 'say nothing, and show what it would take as soon as it holds, and what is held')
    .action(async (project: string, { points, artifacts, lock, reference, dryRun }: Options, command: Command) => {
      if (dryRun === true) {
        const asked = new URLSearchParams({
          ...(points === EVER ? {} : { points: String(points) }),
          ...(artifacts === EVER ? {} : { artifacts: String(artifacts) }),
          ...(lock === undefined ? {} : { lock: String(lock) }),
        });
        const path = `projects/${encodeURIComponent(project)}/retention/preview?${asked.toString()}`;
        ends.out.write(previewShown(await createServer(ends).read<Preview>(path)));
        return;
      }
      if (reference === undefined)
        command.error('error: to say it needs --reference; to look first, --dry-run', { exitCode: EXIT.usage });
      const told = (days: Days): number | null => (days === EVER ? null : days);
      const locking = lock === undefined ? {} : { lock: lock === NONE ? null : lock };
      const fields = { project, points: told(points), artifacts: told(artifacts), ...locking, reference };
      const { result } = await createServer(ends).ask<{ result: unknown }>('commands/set-retention', fields);
      ends.out.write(`${JSON.stringify(result)}\n`);
    });
  retention
    .command('expired <project>')
    .description('list what has gone, the newest first: of which run, what was there, by whose order, and the event')
    .addOption(new Option('--what <kind>', 'only of this kind').choices(['points', 'artifacts']))
    .option('-n, --limit <count>', 'most of them to show', wholeNumber, 20)
    .option('--json', 'answer as JSON')
    .action(async (project: string, { json: asJson, ...asked }: ExpiredOptions) => {
      const found = await expiredIn(createServer(ends), project, asked);
      ends.out.write(asJson === true ? `${JSON.stringify(found, null, 2)}\n` : expiredTable(found));
      if (found.length === 0 && asJson !== true) ends.err.write('nothing has expired\n');
    });
  retention
    .command('deleters <project>')
    .description('say who may delete in it; fewer at once, more of them a while later')
    .addOption(
      new Option('--from <role>', 'editors (whoever may write), or only from this role on, or nobody')
        .choices(DELETERS)
        .makeOptionMandatory(),
    )
    .requiredOption('--reference <where>', 'where the grounds are kept, a rule for example; it stays in the record')
    .action(async (project: string, { from: deleters, reference }: { from: string; reference: string }) => {
      const fields = { project, deleters, reference };
      const { result } = await createServer(ends).ask<{ result: unknown }>('commands/set-deleters', fields);
      ends.out.write(`${JSON.stringify(result)}\n`);
    });
}
