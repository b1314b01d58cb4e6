import type { Rights } from '@runledger/contracts';
import { DEFAULT_PROJECT } from '@runledger/domain';
import type { Journal } from '@runledger/journal';
import { isFault } from '@runledger/kernel';
import { type ExperimentResult, experimentRules } from './experiment-rules';
import { noOversight, type Oversight } from './oversight';
import { projectRules } from './project-rules';
import type { Rules } from './rules';
import { type CommandAnswer, commandDigest, runCommand } from './run-command';
import { createTurns } from './turns';

/** Who asks, and where. */
export type Asker = Readonly<{
  workspace: string;
  actor: string;
  /** What he may do. Nothing where it is absent: then he deletes where whoever writes may, and nowhere else. */
  permissions?: Rights;
}>;
/** A command, under the id by which it can be asked again; `fields` is what the client said, without that id. */
export type Asked<Command> = Readonly<{ id: string; fields: unknown; command: Command }>;

export type NumberedExperiment = Readonly<{
  id: string;
  name: string;
  project: string;
  tags: ReadonlyArray<Readonly<{ key: string; value: string }>>;
}>;

/** The second door, whichever protocol asks. */
export interface Commands {
  run<Command extends { name: string }, State, Change extends { type: string; data: unknown }, Result>(
    rules: Rules<Command, State, Change, Result>,
    who: Asker,
    asked: Asked<Command>,
  ): Promise<CommandAnswer<Result>>;
  /** Creates an experiment whose id is a number, for protocols whose clients expect one. */
  createNumbered(who: Asker, experiment: NumberedExperiment): Promise<CommandAnswer<ExperimentResult>>;
  /** Sees to it that a workspace has what every workspace has; done before its first command, and once a process. */
  provide(workspace: string): Promise<void>;
}

/** By whom a workspace gets what every workspace has. */
const SYSTEM = 'system';
/** Of the experiment that is there from the beginning, as MLflow's clients expect. */
export const FIRST_EXPERIMENT = { id: '0', name: 'Default' } as const;
const MOST_NUMBERS_TRIED = 64;

type Run = Commands['run'];

/** The commands have fixed ids: decided once in a workspace, whoever is first, they are answered from memory ever after. */
async function provideIn(run: Run, workspace: string): Promise<void> {
  const who = { workspace, actor: SYSTEM };
  const project = { name: 'create-project', project: DEFAULT_PROJECT, as: DEFAULT_PROJECT, description: '' } as const;
  await run(projectRules, who, { id: 'first-project', fields: null, command: project }).catch((error: unknown) => {
    // It is there: by a process that knows commands by other digests, since it has keys to seal with, or has none.
    if (!isFault(error) || error.code !== 'JOURNAL_COMMAND_REUSED') throw error;
  });
  const { id: experiment, name: as } = FIRST_EXPERIMENT;
  const first = { name: 'create-experiment', experiment, project: DEFAULT_PROJECT, as, tags: [] } as const;
  await run(experimentRules, who, { id: 'first-experiment', fields: null, command: first }).catch((error: unknown) => {
    // A workspace that is older than this rule may use the name or the id already.
    if (!isFault(error) || error.kind !== 'conflict') throw error;
  });
}

/**
 * The number is the place in the journal that its creation takes if nobody else writes meanwhile; who meets an
 * experiment of that number tries one further on. Ids that clients choose stay free.
 */
async function createNumbered(
  journal: Journal,
  run: Run,
  who: Asker,
  { id, name, project, tags }: NumberedExperiment,
): Promise<CommandAnswer<ExperimentResult>> {
  const fields = { name, project, tags };
  for (let tried = 0; ; tried++) {
    const number = (await journal.head(who.workspace)) + 1 + Math.floor(Math.random() * 4 * tried);
    const command = { name: 'create-experiment', experiment: String(number), project, as: name, tags } as const;
    try {
      return await run(experimentRules, who, { id, fields, command });
    } catch (error) {
      const held = isFault(error) && (error.code === 'EXPERIMENT_EXISTS' || error.code === 'EXPERIMENT_DELETED');
      if (!held || tried === MOST_NUMBERS_TRIED) throw error;
    }
  }
}

/** `oversight` says what decisions about promotions and approvals need to know besides the journal. */
export function createCommands(journal: Journal, oversight: Oversight = noOversight): Commands {
  const turns = createTurns();
  const provided = new Map<string, Promise<void>>();
  const run: Run = (rules, { workspace, actor, permissions: rights = new Map() }, { id, fields, command }) => {
    const digest = commandDigest(command.name, fields);
    return runCommand({ journal, oversight, rules, request: { workspace, actor, rights, id, digest, command } }, turns);
  };
  async function provide(workspace: string): Promise<void> {
    const begun = provided.get(workspace) ?? provideIn(run, workspace);
    provided.set(workspace, begun);
    await begun.catch((error: unknown) => {
      provided.delete(workspace);
      throw error;
    });
  }
  return {
    provide,
    async run(rules, who, asked) {
      await provide(who.workspace);
      return run(rules, who, asked);
    },
    async createNumbered(who, experiment) {
      await provide(who.workspace);
      return turns(`${who.workspace}/numbers`, () => createNumbered(journal, run, who, experiment));
    },
  };
}
