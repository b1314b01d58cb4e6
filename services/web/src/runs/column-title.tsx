import { ObjectiveTitle, objectiveOf } from '../governance/judged-runs';
import { titleOf } from './run-columns';

/** What a column of runs is called: objectives by the name that they were given. */
export function ColumnTitle({ column }: { column: string }) {
  const objective = objectiveOf(column);
  return objective === null ? <>{titleOf(column)}</> : <ObjectiveTitle objective={objective} />;
}
