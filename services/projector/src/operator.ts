import type { Principal } from '@runledger/access';

/** The workspace that every deployment has; its admins are the deployment's operators. */
const FIRST_WORKSPACE = 'default';

export const isOperator = ({ workspace, permissions }: Principal): boolean =>
  workspace === FIRST_WORKSPACE && permissions.has('admin');
