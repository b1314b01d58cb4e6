import { type DecisionOf, EXPERIMENT_DECISIONS, type ExperimentRow } from '@runledger/contracts';
import { evolveExperiment, unseenExperiment } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

export const experimentFolder = defineFolder<DecisionOf<typeof EXPERIMENT_DECISIONS>, ExperimentRow>({
  types: EXPERIMENT_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.experiment, name: '' }],
  evolve(row, decision) {
    const before = row === undefined ? unseenExperiment : { ...row, status: row.lifecycle };
    const { status, project, name, tags } = evolveExperiment(before, decision.event);
    const lifecycle = status === 'deleted' ? 'deleted' : 'active';
    return { project, name, lifecycle, tags, ...decidedBy(row, decision, 'experiment.created') };
  },
});
