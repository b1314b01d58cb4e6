import { mayDo, type Principal } from './principal';

/** The workspace that every deployment has; its admins are the deployment's operators. */
export const FIRST_WORKSPACE = 'default';

/** May see, and do, what concerns all workspaces at once. */
export const isOperator = (who: Principal): boolean => who.workspace === FIRST_WORKSPACE && mayDo(who, 'admin');
