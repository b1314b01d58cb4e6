import {
  decideTrust,
  evolveTrust,
  type Trust,
  type TrustChange,
  type TrustCommand,
  type TrustRefusal,
  trustSubject,
  unseenTrust,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<TrustRefusal> = {
  TRUST_UNKNOWN: 'missing',
  TRUST_EXISTS: 'conflict',
  TRUST_TOO_WIDE: 'invalid',
  ACCOUNT_UNKNOWN: 'missing',
};

export type TrustResult = Readonly<{ trust: string; status: Trust['status'] }>;

/** How commands about trusted issuers are answered; what becomes of them is the domain's. */
export const trustRules: Rules<TrustCommand, Trust, TrustChange, TrustResult> = {
  subject: (command) => trustSubject(idOf(command)),
  initial: unseenTrust,
  evolve: evolveTrust,
  decide: decideTrust,
  result: (command, { status }) => ({ trust: idOf(command), status }),
  taken: needsNothing,
  absent: () => new Fault('missing', 'ACCOUNT_UNKNOWN', 'there is no such service account'),
  refused: refusing(KINDS),
};

const idOf = (command: TrustCommand): string =>
  command.name === 'declare-trust' ? command.declared.trust : command.trust;
