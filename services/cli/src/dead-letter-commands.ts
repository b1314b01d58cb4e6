import { json } from 'node:stream/consumers';
import type { DeadLettersAnswer, ReplayAnswer } from '@runledger/contracts/http';
import { type Command, Option } from 'commander';
import type { CliEnds } from './cli-ends';
import { wholeNumber } from './repeated';
import { createServer, type Server } from './server';
import { layTable } from './text-table';

type Letter = DeadLettersAnswer['letters'][number];
type ListOptions = Readonly<{ group?: string; limit: number; json?: boolean }>;
type ReplayOptions = Readonly<{ group?: string; all?: boolean; json?: boolean }>;

const PAGE = 1_000;
const groupOption = (): Option =>
  new Option('--group <projection>', 'only of this projection').choices(['metadata', 'console', 'series']);

async function* lettersOf(server: Server, group: string | undefined, page: number): AsyncGenerator<Letter> {
  for (let token: string | null = ''; token !== null; ) {
    const query = new URLSearchParams({ limit: String(page) });
    if (group !== undefined) query.set('group', group);
    if (token !== '') query.set('page_token', token);
    const answer = (await json(await server.fetch(`dead-letters?${query.toString()}`))) as DeadLettersAnswer;
    yield* answer.letters;
    token = answer.nextPageToken;
  }
}

async function firstOf(letters: AsyncGenerator<Letter>, limit: number): Promise<Letter[]> {
  const found: Letter[] = [];
  for await (const letter of letters) {
    found.push(letter);
    if (found.length === limit) break;
  }
  return found;
}

const listed = (letters: readonly Letter[]): string =>
  layTable(
    ['letter', 'recorded', 'step', 'code', 'message', 'replayed'],
    letters.map(({ letter, recordedAt, step, code, message, replayed }) => [
      letter,
      recordedAt,
      step,
      code,
      message,
      replayed === null ? '' : `${replayed.times} × by ${replayed.actor}`,
    ]),
  );

/** Those that were never replayed; of the others somebody knows already what came of it. */
async function namesOfAll(server: Server, group: string | undefined): Promise<string[]> {
  const names: string[] = [];
  for await (const { letter, topic, replayed } of lettersOf(server, group, PAGE))
    if (replayed === null && !topic.includes('.catalog.')) names.push(letter);
  return names;
}

/** `dead-letters`: what could not be applied. */
export function addDeadLetterCommands(program: Command, ends: CliEnds): void {
  const letters = program.command('dead-letters').description('events that could not be applied: list and replay them');

  letters
    .command('list', { isDefault: true })
    .description('list them, the newest first, with the reason and who has replayed them')
    .addOption(groupOption())
    .option('-n, --limit <count>', 'most letters to show', wholeNumber, 20)
    .option('--json', 'answer as JSON')
    .action(async ({ group, limit, json: asJson }: ListOptions) => {
      const found = await firstOf(lettersOf(createServer(ends), group, Math.min(limit, PAGE)), limit);
      ends.out.write(asJson === true ? `${JSON.stringify(found, null, 2)}\n` : listed(found));
      if (found.length === 0 && asJson !== true) ends.err.write('no event was set aside\n');
    });

  letters
    .command('replay')
    .description('give them to the log once more, say after an upgrade; what has had its effect has no second one')
    .argument('[letters...]', 'names of letters, as `dead-letters list` shows them')
    .option('--all', 'all that were never replayed; decisions are left out: they come back with `rebuild metadata`')
    .addOption(groupOption())
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  runledger dead-letters replay metadata.runledger.runs.v1.3.17.-1')
    .action(async (names: string[], { all, group, json: asJson }: ReplayOptions, command: Command) => {
      if (names.length > 0 === (all === true)) command.error('error: name letters, or say --all', { exitCode: 2 });
      const server = createServer(ends);
      const done: ReplayAnswer[] = [];
      for (const name of all === true ? await namesOfAll(server, group) : names) {
        done.push(await server.ask<ReplayAnswer>(`dead-letters/${encodeURIComponent(name)}/replay`, {}));
        if (asJson !== true) ends.out.write(`${name} replayed\n`);
      }
      if (asJson === true) ends.out.write(`${JSON.stringify(done, null, 2)}\n`);
      else
        ends.err.write(
          `${done.length} replayed\nwhat still cannot be applied is listed again: runledger dead-letters\n`,
        );
    });
}
