import type { Retained } from '@runledger/contracts';
import { accept, type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import { type Erasures, holdsOnRun, noErasures } from './erasure';
import type { Expiry, ExpiryChange } from './expiry';
import { noRetention, type Retention, type Term, termAt } from './retention';

type Points = Extract<ExpiryChange, { type: 'points.expired' }>['data'];
type Artifacts = Extract<ExpiryChange, { type: 'artifacts.expired' }>['data'];

/** What was looked at besides the stream of the run. */
type Seen = Readonly<{ retention?: Retention; erasures?: Erasures }>;
/** Of what it is decided whether it goes. */
type ExpiryAsked = Readonly<{
  run: string;
  project: string;
  /** When the run ended, and now. */
  ended: string;
  at: string;
}> &
  Seen;
/** `there`: what goes. */
export type ExpiryCommand =
  | (Readonly<{ name: 'expire-points'; there: Pick<Points, 'metrics' | 'points' | 'digest'> }> & ExpiryAsked)
  | (Readonly<{ name: 'expire-artifacts'; there: Pick<Artifacts, 'files' | 'bytes' | 'digest' | 'listed'> }> &
      ExpiryAsked);

export type ExpiryRefusal = 'EXPIRY_NO_POLICY' | 'EXPIRY_NOT_DUE' | 'EXPIRY_HELD';

const DAY_MS = 86_400_000;

/** By which term something of a run goes: it is due by it, and held by nobody. Decisions are made by it, and previews of them. */
export function termOfExpiry(
  what: Retained,
  { run, project, ended, at, retention = noRetention, erasures = noErasures }: ExpiryAsked,
): Outcome<Term & Readonly<{ days: number }>, ExpiryRefusal> {
  const term = termAt(retention[what], at);
  if (term === null || term.days === null) return refuse('EXPIRY_NO_POLICY', `the project keeps ${what} for ever`);
  const { days } = term;
  if (Date.parse(ended) + days * DAY_MS > Date.parse(at))
    return refuse('EXPIRY_NOT_DUE', `its ${what} are kept for ${days} days after its end`);
  const holds = holdsOnRun(erasures, { run, project });
  if (holds.length > 0) return refuse('EXPIRY_HELD', `it must be kept: held by ${holds.join(', ')}`);
  return accept({ ...term, days });
}

/** Pure. What goes has an order by which it goes, is due by it, and is held by nobody. */
export function decideExpiry(command: ExpiryCommand, expiry: Expiry): Outcome<Decision<ExpiryChange>, ExpiryRefusal> {
  const { run, project, ended } = command;
  const what = command.name === 'expire-points' ? 'points' : 'artifacts';
  if (expiry[what]) return nothingToDo();
  const found = termOfExpiry(what, command);
  if (!found.ok) return found;
  const { policy, days } = found.value;
  const order = { run, project, policy, days, ended };
  if (command.name === 'expire-points')
    return decided([{ type: 'points.expired', data: { ...order, ...command.there } }]);
  return decided([
    { type: 'artifacts.expired', data: { ...order, ...command.there, listed: [...command.there.listed] } },
  ]);
}
