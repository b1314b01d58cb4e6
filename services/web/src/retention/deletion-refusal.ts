import type { Me, ProjectDeletersAnswer } from '@runledger/contracts/http';
import { holdsIn } from '../api/holds-in';

/** What is known of a project: nothing until it is read. */
type Known = Readonly<{ project: string; answer: ProjectDeletersAnswer | undefined }>;

/** Why somebody may not delete what lies in these projects; null: he may, or nobody knows yet, and is told if he tries. */
export function deletionRefusal(me: Me | undefined, projects: readonly Known[]): string | null {
  const unwritten = projects.find(({ project }) => me !== undefined && !holdsIn(me, 'events:write', project));
  if (unwritten !== undefined) return `you may read the project ${unwritten.project}, and not write in it`;
  return projects.map(({ answer }) => answer?.deleters.refusal ?? null).find((refusal) => refusal !== null) ?? null;
}
