import { json } from 'node:stream/consumers';
import type {
  InventoryAnswer,
  ObjectivesAnswer,
  RunResultsAnswer,
  VersionGovernanceAnswer,
} from '@runledger/contracts/http';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliEnds, CommandExit, EXIT } from './cli-ends';
import {
  closedGates,
  evidenceText,
  type GateName,
  inventoryTable,
  objectivesTable,
  resultsTable,
} from './governance-text';
import { wholeNumber } from './repeated';
import { createServer } from './server';

type Json = Readonly<{ json?: boolean }>;
type OfScope = Readonly<{ project?: string; experiment?: string; run?: string; check?: boolean }> & Json;
type Approving = Readonly<{ meaning?: string; name?: string; evidence?: string }>;

const PAGE = 1_000;

function gateNamed(text: string): GateName {
  const [, stage] = /^stage:(.*)$/.exec(text) ?? [];
  if (stage === undefined) return { kind: 'alias', name: text };
  if (stage !== 'Staging' && stage !== 'Production')
    throw new InvalidArgumentError('It must be an alias, stage:Staging or stage:Production.');
  return { kind: 'stage', name: stage };
}

/** `gate`, `objectives`, `approve` and `inventory`: what a promotion needs, and who answers for it. */
export function addGovernanceCommands(program: Command, ends: CliEnds): void {
  const get = async <T>(path: string): Promise<T> => (await json(await createServer(ends).fetch(path))) as T;
  const say = (told: unknown, { json: asJson }: Json, text: () => string): void =>
    void ends.out.write(asJson === true ? `${JSON.stringify(told, null, 2)}\n` : text());
  const governanceOf = (model: string, version: number) =>
    get<VersionGovernanceAnswer>(
      `models/${encodeURIComponent(model)}/versions/${version}/governance?strong=true&wait=30000`,
    );
  /** Every page of a list. */
  async function all<T, Page extends { nextPageToken: string | null }>(
    path: string,
    rowsOf: (page: Page) => readonly T[],
  ): Promise<T[]> {
    const rows: T[] = [];
    for (let token: string | null = ''; token !== null; ) {
      const page: Page = await get<Page>(`${path}&limit=${PAGE}${token === '' ? '' : `&page_token=${token}`}`);
      rows.push(...rowsOf(page));
      token = page.nextPageToken;
    }
    return rows;
  }

  program
    .command('gate')
    .description(
      'tell whether a version may be given an alias or a stage, and what it lacks; exit code 1 when it may not',
    )
    .argument('<model>', 'name of the model')
    .argument('<version>', 'its version', wholeNumber)
    .requiredOption('--for <target>', 'the alias, or stage:Staging or stage:Production', gateNamed)
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample, as a step of CI:\n  runledger gate digits 3 --for champion && deploy digits 3')
    .action(async (model: string, version: number, options: Readonly<{ for: GateName }> & Json) => {
      const gates = closedGates(await governanceOf(model, version), options.for);
      const missing = gates.flatMap((gate) => gate.missing);
      const name = `${options.for.kind} ${options.for.name}`;
      say({ model, version, target: options.for, passes: missing.length === 0, missing }, options, () =>
        missing.length === 0
          ? `version ${version} of ${model} may be given the ${name}\n`
          : `version ${version} of ${model} may not be given the ${name}; missing:\n${missing.map((one) => `  ${one}\n`).join('')}`,
      );
      if (missing.length > 0) throw new CommandExit(EXIT.refused);
    });

  program
    .command('objectives')
    .description('list objectives, or judge a run by them')
    .option('--project <id>', 'only those of this project')
    .option('--experiment <id>', 'only those of this experiment')
    .option('--run <id>', 'what they come to for this run')
    .option('--check', 'with --run: exit code 1 unless all of them are met')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  runledger objectives --project default\n  runledger objectives --run first --check',
    )
    .action(async ({ run, check, project, experiment, ...options }: OfScope) => {
      if (run !== undefined) {
        const answer = await get<RunResultsAnswer>(`runs/${encodeURIComponent(run)}/objectives?strong=true&wait=30000`);
        say(answer, options, () => resultsTable(answer.results));
        if (check === true && answer.results.some(({ outcome }) => outcome !== 'met'))
          throw new CommandExit(EXIT.refused);
        return;
      }
      const scope = new URLSearchParams({
        ...(project === undefined ? {} : { project }),
        ...(experiment === undefined ? {} : { experiment }),
      });
      const objectives = await all(`objectives?${scope.toString()}`, (page: ObjectivesAnswer) => page.objectives);
      say(objectives, options, () => objectivesTable(objectives));
    });

  program
    .command('approve')
    .description('show what is known of a version; with --evidence, approve it on exactly that')
    .argument('<model>', 'name of the model')
    .argument('<version>', 'its version', wholeNumber)
    .option('--meaning <text>', 'what is approved, for example: validated for production')
    .option('--name <name>', 'your name, as it is to be printed')
    .option('--evidence <digest>', 'digest of the evidence that you have seen')
    .addHelpText(
      'after',
      `
Examples:
  runledger approve digits 3
  runledger approve digits 3 --meaning "validated for production" --name "Ada Lovelace" --evidence <digest>`,
    )
    .action(async (model: string, version: number, { meaning, name, evidence }: Approving, command: Command) => {
      if (evidence === undefined) {
        ends.out.write(evidenceText(await governanceOf(model, version)));
        return;
      }
      if (meaning === undefined || name === undefined)
        command.error('error: an approval needs --meaning and --name', { exitCode: EXIT.usage });
      const fields = { model, version, meaning, printedName: name, evidence };
      await createServer(ends).ask('commands/approve-version', fields);
      ends.out.write(`version ${version} of ${model} is approved: ${meaning}\n`);
    });

  program
    .command('inventory')
    .description('list models with their owners, validators and reviews')
    .option('--overdue', 'only those whose review is overdue')
    .option('--check', 'exit code 1 when a review is overdue')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample, once a day:\n  runledger inventory --overdue --check')
    .action(async ({ overdue = false, check, ...options }: Readonly<{ overdue?: boolean; check?: boolean }> & Json) => {
      const models = await all(`inventory?overdue=${overdue}`, (page: InventoryAnswer) => page.models);
      say(models, options, () => inventoryTable(models));
      if (check === true && models.some((model) => model.overdue)) throw new CommandExit(EXIT.refused);
    });
}
