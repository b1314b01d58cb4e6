import { mayDo, type Principal } from '@runledger/access';

/** The workspace that every deployment has; its admins are the deployment's operators. */
const FIRST_WORKSPACE = 'default';

export const isOperator = (who: Principal): boolean => who.workspace === FIRST_WORKSPACE && mayDo(who, 'admin');
