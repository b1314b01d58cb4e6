import type { ChangeOf, EXPERIMENT_DECISIONS, Tag } from '@runledger/contracts';
import { withoutTags, withTags } from './tags';

export type ExperimentChange = ChangeOf<typeof EXPERIMENT_DECISIONS>;

export type Experiment = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  project: string;
  name: string;
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
    case 'experiment.tagged':
      return { ...experiment, tags: withTags(experiment.tags, event.data.tags) };
    case 'experiment.untagged':
      return { ...experiment, tags: withoutTags(experiment.tags, event.data.keys) };
    case 'experiment.deleted':
      return { ...experiment, status: 'deleted' };
    case 'experiment.restored':
      return { ...experiment, status: 'active' };
    default:
      return event satisfies never;
  }
}
