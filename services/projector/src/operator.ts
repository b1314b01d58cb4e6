import { mayDo, type Principal } from '@runledger/access';
import { Fault } from '@runledger/kernel';

/** The workspace that every deployment has; its admins are the deployment's operators. */
const FIRST_WORKSPACE = 'default';

export const isOperator = (who: Principal): boolean => who.workspace === FIRST_WORKSPACE && mayDo(who, 'admin');

/** What concerns all workspaces at once. @throws Fault forbidden PROJECTOR_NOT_OPERATOR */
export function mustOperate(who: Principal): void {
  if (!isOperator(who))
    throw new Fault(
      'forbidden',
      'PROJECTOR_NOT_OPERATOR',
      `this concerns every workspace: it needs an admin of the workspace ${FIRST_WORKSPACE}`,
    );
}
