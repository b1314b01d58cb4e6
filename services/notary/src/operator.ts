import { FIRST_WORKSPACE, isOperator, type Principal } from '@runledger/access';
import { Fault } from '@runledger/kernel';

/** What concerns all workspaces at once. @throws Fault forbidden NOTARY_NOT_OPERATOR */
export function mustOperate(who: Principal): void {
  if (!isOperator(who))
    throw new Fault(
      'forbidden',
      'NOTARY_NOT_OPERATOR',
      `this concerns every workspace: it needs an admin of the workspace ${FIRST_WORKSPACE}`,
    );
}

export const noArchive = (): Fault =>
  new Fault('conflict', 'NOTARY_NO_ARCHIVE', 'this server has no archive of the log: set RUNLEDGER_ARCHIVE');
