import { type DecisionOf, PROJECT_DECISIONS, type ProjectRow } from '@runledger/contracts';
import { evolveProject, unseenProject } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

export const projectFolder = defineFolder<DecisionOf<typeof PROJECT_DECISIONS>, ProjectRow>({
  types: PROJECT_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.project, name: '' }],
  evolve(row, decision) {
    const before = row === undefined ? unseenProject : { ...row, status: 'active' as const };
    const { name, description } = evolveProject(before, decision.event);
    return { name, description, ...decidedBy(row, decision, 'project.created') };
  },
});
