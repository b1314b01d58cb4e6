import type { DECISIONS, EventOf } from '@runledger/contracts';

type ExperimentEvent = EventOf<(typeof DECISIONS)[keyof typeof DECISIONS]>;
/** What an event says, without its id and place: all that the state depends on. */
export type ExperimentChange = ExperimentEvent extends infer E
  ? E extends { type: infer T; data: infer D }
    ? Readonly<{ type: T; data: D }>
    : never
  : never;
export type Tag = Readonly<{ key: string; value: string }>;

export type Experiment = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  project: string;
  name: string;
  /** As they were given when it was created. */
  tags: readonly Tag[];
}>;
export const unseenExperiment: Experiment = { status: 'unseen', project: '', name: '', tags: [] };

/** Total: what was decided is never decided again. */
export function evolveExperiment(experiment: Experiment, event: ExperimentChange): Experiment {
  switch (event.type) {
    case 'experiment.created':
      return { status: 'active', project: event.data.project, name: event.data.name, tags: event.data.tags };
    case 'experiment.renamed':
      return { ...experiment, name: event.data.to };
    case 'experiment.deleted':
      return { ...experiment, status: 'deleted' };
    case 'experiment.restored':
      return { ...experiment, status: 'active' };
    default:
      return event satisfies never;
  }
}
