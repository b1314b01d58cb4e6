import type { Principal } from '@runledger/access';
import { Fault } from '@runledger/kernel';

/**
 * MLflow's clients may name a workspace in a header. A key belongs to one workspace: another one is as missing as one that never was.
 * @throws Fault missing MLFLOW_NO_WORKSPACE
 */
export function checkWorkspace({ workspace }: Principal, named: string | string[] | undefined): void {
  if (named !== undefined && named !== workspace)
    throw new Fault('missing', 'MLFLOW_NO_WORKSPACE', 'there is no such workspace');
}
