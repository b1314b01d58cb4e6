import type { Grantee } from '@runledger/contracts';
import {
  evolveAccount,
  evolveGrants,
  type Grants,
  grantSubject,
  noGrants,
  type ServiceAccount,
  type TrustInForce,
  unseenAccount,
} from '@runledger/domain';
import type { AccessEvent } from './access-events';

type Held = Readonly<{ grantee: Grantee; grants: Grants }>;

/** Who may what in one workspace: accounts and rules for jobs by their ids, and what is granted by the subjects of grantees. */
export type AccessState = Readonly<{
  accounts: Map<string, ServiceAccount>;
  held: Map<string, Held>;
  trusts: Map<string, TrustInForce>;
}>;
export const noAccess = (): AccessState => ({ accounts: new Map(), held: new Map(), trusts: new Map() });

/** Changes the state in place: it is as large as everybody's access. Total: what was decided is never decided again. */
export function applyAccess({ accounts, held, trusts }: AccessState, event: AccessEvent): void {
  switch (event.type) {
    case 'access.exported':
    case 'access.refused':
    case 'session.opened':
    case 'session.closed':
    case 'session.refused':
    case 'local-account.set':
    case 'local-account.removed':
      return;
    case 'trust.declared':
      trusts.set(event.data.trust, { status: 'in-force', ...event.data });
      return;
    case 'trust.withdrawn':
      trusts.delete(event.data.trust);
      return;
    case 'grant.made':
    case 'grant.withdrawn': {
      const { grantee } = event.data;
      const subject = grantSubject(grantee);
      held.set(subject, { grantee, grants: evolveGrants(held.get(subject)?.grants ?? noGrants, event) });
      return;
    }
    default: {
      const { account } = event.data;
      accounts.set(account, evolveAccount(accounts.get(account) ?? unseenAccount, event));
    }
  }
}

export const grantsOf = ({ held }: AccessState, grantee: Grantee): Grants =>
  held.get(grantSubject(grantee))?.grants ?? noGrants;
