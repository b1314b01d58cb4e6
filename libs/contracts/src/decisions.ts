import type { EventOf, EventSpec } from './define-event';
import { experimentCreated } from './events/experiment-created';
import { experimentDeleted } from './events/experiment-deleted';
import { experimentRenamed } from './events/experiment-renamed';
import { experimentRestored } from './events/experiment-restored';
import { experimentTagged } from './events/experiment-tagged';
import { experimentUntagged } from './events/experiment-untagged';
import { projectCreated } from './events/project-created';
import { projectDescribed } from './events/project-described';
import { projectRenamed } from './events/project-renamed';

type Specs = Readonly<Record<string, EventSpec>>;

/** What commands decide, by the kind of stream that it is written to. */
export const PROJECT_DECISIONS = {
  'project.created': projectCreated,
  'project.renamed': projectRenamed,
  'project.described': projectDescribed,
} as const satisfies Specs;

export const EXPERIMENT_DECISIONS = {
  'experiment.created': experimentCreated,
  'experiment.renamed': experimentRenamed,
  'experiment.tagged': experimentTagged,
  'experiment.untagged': experimentUntagged,
  'experiment.deleted': experimentDeleted,
  'experiment.restored': experimentRestored,
} as const satisfies Specs;

export const DECISIONS = { ...PROJECT_DECISIONS, ...EXPERIMENT_DECISIONS } as const satisfies Specs;

export type DecisionType = keyof typeof DECISIONS;
export const isDecisionType = (type: string): type is DecisionType => Object.hasOwn(DECISIONS, type);

/** One decision of these. */
export type DecisionOf<S extends Specs> = { [T in keyof S]: EventOf<S[T]> }[keyof S];
export type Decision = DecisionOf<typeof DECISIONS>;

/** What a decision says, without its id and place: all that a state depends on. */
export type ChangeOf<S extends Specs> =
  DecisionOf<S> extends infer E
    ? E extends { type: infer T; data: infer D }
      ? Readonly<{ type: T; data: D }>
      : never
    : never;
