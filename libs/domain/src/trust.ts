import type { ChangeOf, TRUST_DECISIONS } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { accountClaim, OPERATOR_ACCOUNT } from './decide-service-account';
import { type Decision, decided, nothingToDo } from './decision';

export type TrustChange = ChangeOf<typeof TRUST_DECISIONS>;
type Declared = Extract<TrustChange, { type: 'trust.declared' }>['data'];
/** One rule as it stands; null: there is none, or none any more. */
export type Trust = Readonly<{ status: 'unseen' | 'withdrawn' }> | (Readonly<{ status: 'in-force' }> & Declared);
export type TrustInForce = Extract<Trust, { status: 'in-force' }>;
export const unseenTrust: Trust = { status: 'unseen' };

export type TrustCommand =
  | Readonly<{ name: 'declare-trust'; declared: Declared }>
  | Readonly<{ name: 'withdraw-trust'; trust: string }>;
/** The journal refuses rules for accounts that nobody created. */
export type TrustRefusal = 'TRUST_UNKNOWN' | 'TRUST_EXISTS' | 'TRUST_TOO_WIDE' | 'ACCOUNT_UNKNOWN';

export const trustSubject = (trust: string): string => `trust/${trust}`;

/** Total: what was decided is never decided again. */
export const evolveTrust = (_before: Trust, { type, data }: TrustChange): Trust =>
  type === 'trust.declared' ? { status: 'in-force', ...data } : { status: 'withdrawn' };

/** Whether a pattern says anything at all. */
const isOpen = (pattern: string): boolean => /^[*:]*$/.test(pattern);

/** Pure, as decideExperiment is. */
export function decideTrust(command: TrustCommand, trust: Trust): Outcome<Decision<TrustChange>, TrustRefusal> {
  if (command.name === 'withdraw-trust')
    return trust.status === 'in-force'
      ? decided([{ type: 'trust.withdrawn', data: { trust: command.trust } }])
      : refuse('TRUST_UNKNOWN', 'there is no such rule');
  const { declared } = command;
  if (!declared.conditions.some(({ claim, pattern }) => claim === 'sub' && !isOpen(pattern)))
    return refuse('TRUST_TOO_WIDE', 'say which subjects: anybody can have a token of a public issuer');
  if (declared.account === OPERATOR_ACCOUNT)
    return refuse('TRUST_TOO_WIDE', 'jobs act as service accounts, not as the server itself');
  if (trust.status === 'in-force' && JSON.stringify({ status: 'in-force', ...declared }) === JSON.stringify(trust))
    return nothingToDo();
  if (trust.status !== 'unseen') return refuse('TRUST_EXISTS', 'there is or was a rule of this id');
  return decided([{ type: 'trust.declared', data: declared }], { need: [accountClaim(declared.account)] });
}

/** `*` stands for anything without a colon: who names a part of a subject cannot fill in a second one. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]*')}$`, 's').test(value);
}

/** Whether a token's claims fulfil every condition of a rule. What is no text, number or truth value fulfils none. */
export const admitsClaims = (
  { conditions }: Pick<TrustInForce, 'conditions'>,
  claims: Readonly<Record<string, unknown>>,
): boolean =>
  conditions.every(({ claim, pattern }) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return ['string', 'number', 'boolean'].includes(typeof value) && matches(pattern, String(value));
  });
