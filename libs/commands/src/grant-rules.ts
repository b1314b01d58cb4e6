import type { Grantee } from '@runledger/contracts';
import {
  decideGrant,
  evolveGrants,
  type GrantChange,
  type GrantCommand,
  type GrantRefusal,
  type Grants,
  grantSubject,
  type HeldGrant,
  noGrants,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<GrantRefusal> = {
  GRANT_UNKNOWN: 'missing',
  GRANT_OPERATOR: 'conflict',
  GRANTS_FULL: 'conflict',
  ACCOUNT_UNKNOWN: 'missing',
  PROJECT_UNKNOWN: 'missing',
};

/** All that the grantee holds after the command. */
export type GrantResult = Readonly<{ grantee: Grantee; grants: readonly HeldGrant[] }>;

/** How commands about grants are answered; what becomes of them is the domain's. */
export const grantRules: Rules<GrantCommand, Grants, GrantChange, GrantResult> = {
  subject: ({ grantee }) => grantSubject(grantee),
  initial: noGrants,
  evolve: evolveGrants,
  decide: decideGrant,
  result: ({ grantee }, grants) => ({ grantee, grants }),
  taken: needsNothing,
  absent: ({ kind }) =>
    kind === 'project'
      ? new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project')
      : new Fault('missing', 'ACCOUNT_UNKNOWN', 'there is no such service account'),
  refused: refusing(KINDS),
};
