import type { ChangeOf, DEAD_LETTER_DECISIONS } from '@runledger/contracts';
import type { Outcome } from '@runledger/kernel';
import { type Decision, decided } from './decision';

export type DeadLetterChange = ChangeOf<typeof DEAD_LETTER_DECISIONS>;
export type DeadLetterState = Readonly<{ replays: number }>;
export type DeadLetterCommand = Readonly<{ name: 'replay-dead-letter'; letter: string; code: string }>;

export const unreplayed: DeadLetterState = { replays: 0 };
export const deadLetterSubject = (letter: string): string => `dead-letter/${letter}`;

export const evolveDeadLetter = (_: DeadLetterState, { data }: DeadLetterChange): DeadLetterState => ({
  replays: data.number,
});

/** Pure. It may be replayed as often as somebody wants: what has had its effect has no second one. */
export const decideDeadLetter = (
  { letter, code }: DeadLetterCommand,
  { replays }: DeadLetterState,
): Outcome<Decision<DeadLetterChange>, never> =>
  decided([{ type: 'dead-letter.replayed', data: { letter, code, number: replays + 1 } }]);
