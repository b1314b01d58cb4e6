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

const CONFLICT = 409;

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
    return experiment === undefined ? unreadable('create-experiment') : { kind: 'found', experiment };
  }
  if (created.kind !== 'refused' || created.status !== CONFLICT) return created;
  return findExperiment(door, name);
}

async function findExperiment(door: Door, name: string): Promise<ExperimentVerdict> {
  const found = await door.attempt({ method: 'GET', path: `experiments?name=${encodeURIComponent(name)}&strong=true` });
  if (found.kind !== 'stored') return found;
  const { experiments } = (found.body ?? {}) as { experiments?: unknown };
  const first: unknown = Array.isArray(experiments) ? experiments[0] : undefined;
  const experiment = experimentIn(first) ?? (first as { id?: string } | undefined)?.id;
  return experiment === undefined ? unreadable(`GET experiments?name=${name}`) : { kind: 'found', experiment };
}

const unreadable = (what: string): ExperimentVerdict => ({
  kind: 'again',
  error: `the answer to ${what} names no experiment`,
});
