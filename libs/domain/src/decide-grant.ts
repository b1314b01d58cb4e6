import type { Grantee } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { accountClaim, OPERATOR_ACCOUNT } from './decide-service-account';
import { type Decision, decided, nothingToDo } from './decision';
import { type GrantChange, type Grants, type HeldGrant, sameGrant } from './grants';

export type GrantCommand = Readonly<{ name: 'grant' | 'withdraw-grant'; grantee: Grantee; grant: HeldGrant }>;

/** The journal refuses grants to accounts, and in projects, that nobody created. */
export type GrantRefusal = 'GRANT_UNKNOWN' | 'GRANT_OPERATOR' | 'GRANTS_FULL' | 'ACCOUNT_UNKNOWN' | 'PROJECT_UNKNOWN';

/** What one grantee holds at a time. */
const MOST_GRANTS = 1_000;

export const grantSubject = ({ kind, id }: Grantee): string => `grant/${kind}/${id}`;

/** Pure, as decideExperiment is. Whether the caller may grant there is decided before. */
export function decideGrant(
  { name, grantee, grant }: GrantCommand,
  grants: Grants,
): Outcome<Decision<GrantChange>, GrantRefusal> {
  const { role, project, effect } = grant;
  const data = { grantee, role, effect, ...(project === null ? {} : { project }) };
  const isHeld = grants.some((held) => sameGrant(held, grant));
  if (name === 'withdraw-grant')
    return isHeld
      ? decided([{ type: 'grant.withdrawn', data }])
      : refuse('GRANT_UNKNOWN', 'nothing of the kind is granted');
  if (grantee.kind === 'account' && grantee.id === OPERATOR_ACCOUNT)
    return refuse('GRANT_OPERATOR', 'the account of the server itself stays as it is');
  if (isHeld) return nothingToDo();
  if (grants.length >= MOST_GRANTS) return refuse('GRANTS_FULL', `nobody holds more than ${MOST_GRANTS} grants`);
  const need = [
    ...(grantee.kind === 'account' ? [accountClaim(grantee.id)] : []),
    ...(project === null ? [] : [projectClaim(project)]),
  ];
  return decided([{ type: 'grant.made', data }], { need });
}
