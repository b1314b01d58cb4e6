import type { AccessReads, SessionDraft } from '@runledger/access';
import { isPermission } from '@runledger/contracts';
import { admitsClaims } from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Issuer, IssuerOfWorkloads } from './issuers';
import { createTokenVerifier, type VerifyToken } from './token-verifier';

/** A job that is let in: what it is called, and as what it acts. */
export type AdmittedJob = Readonly<{ issuer: string; workload: string; draft: SessionDraft }>;
type Rule = Awaited<ReturnType<AccessReads['trustsOfIssuer']>>[number];

const notTrusted = () =>
  new Fault('unauthenticated', 'PEOPLE_BAD_TOKEN', 'the token is not one that can be trusted here');

/** The issuer that a token claims to be of, before anything about it is believed. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function draftOf({ workspace, account, scopes, projects, trust, lifetimeSeconds }: Rule): SessionDraft {
  return {
    kind: 'workload',
    workspace,
    actor: `service-account/${account}`,
    grantee: { kind: 'account', id: account },
    groups: [],
    scopes: scopes.filter(isPermission),
    projects: projects ?? null,
    trust,
    providerSession: null,
    idleSeconds: lifetimeSeconds,
    expiresAt: new Date(Date.now() + lifetimeSeconds * 1_000),
  };
}

/** Tokens of trusted issuers, for what the rules of workspaces let their jobs in as. */
export function createWorkloadExchange(issuers: readonly Issuer[], access: Pick<AccessReads, 'trustsOfIssuer'>) {
  const known = new Map<string, Readonly<{ issuer: IssuerOfWorkloads; verify: VerifyToken }>>(
    issuers.flatMap((issuer) =>
      issuer.signsIn === 'workloads'
        ? [[issuer.url, { issuer, verify: createTokenVerifier(issuer.url, issuer.audience) }] as const]
        : [],
    ),
  );

  function ruleFor(rules: readonly Rule[], claims: JWTPayload, named: string | undefined): Rule {
    const fitting = rules.filter((rule) => (named ?? rule.trust) === rule.trust && admitsClaims(rule, claims));
    const [rule, another] = fitting;
    if (rule === undefined) throw notTrusted();
    if (another !== undefined)
      throw new Fault('invalid', 'TOKEN_AMBIGUOUS', 'several rules let this job in: name one as audience');
    return rule;
  }

  /** @throws Fault unauthenticated PEOPLE_BAD_TOKEN, invalid TOKEN_AMBIGUOUS, unavailable PEOPLE_ISSUER_AWAY */
  return async function admit(token: string, named: string | undefined): Promise<AdmittedJob> {
    const claimed = known.get(claimedIssuer(token) ?? '');
    if (claimed === undefined) throw notTrusted();
    const claims = await claimed.verify(token);
    const rule = ruleFor(await access.trustsOfIssuer(claimed.issuer.id), claims, named);
    return { issuer: claimed.issuer.id, workload: String(claims.sub).slice(0, 500), draft: draftOf(rule) };
  };
}
export type WorkloadExchange = ReturnType<typeof createWorkloadExchange>;
