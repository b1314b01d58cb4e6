import { uuidv7 } from '@runledger/kernel';
import type { Door, Verdict } from './door';

/** The experiment that a run belongs to, by name. `command` makes asking twice harmless. */
export type ExperimentChoice = Readonly<{ name: string; project: string; command: string }>;
export type ExperimentVerdict = Readonly<{ kind: 'found'; experiment: string }> | Exclude<Verdict, { kind: 'stored' }>;

export const chooseExperiment = (name: string, project: string): ExperimentChoice => ({
  name,
  project,
  command: uuidv7(),
});

/** An id somewhere in an answer, under the names that the door uses. */
function experimentIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { experiment } = body as { experiment?: unknown };
  return typeof experiment === 'string' ? experiment : undefined;
}

/** Creates the experiment; when there is one of this name already, that is the one. One attempt. */
export async function resolveExperiment(door: Door, choice: ExperimentChoice): Promise<ExperimentVerdict> {
  const { name, project, command } = choice;
  const created = await door.attempt({
    method: 'POST',
    path: 'commands/create-experiment',
    mediaType: 'application/json',
    body: JSON.stringify({ id: command, name, project }),
  });
  if (created.kind === 'stored') {
    const experiment = experimentIn((created.body as { result?: unknown } | undefined)?.result);
    if (experiment !== undefined) return { kind: 'found', experiment };
    return { kind: 'again', error: 'the answer to create-experiment names no experiment' };
  }
  // The name is taken: the refusal says by which experiment.
  const taken = created.kind === 'refused' ? experimentIn(created.details) : undefined;
  return taken === undefined ? created : { kind: 'found', experiment: taken };
}
