import {
  type DeadLetterChange,
  type DeadLetterCommand,
  type DeadLetterState,
  deadLetterSubject,
  decideDeadLetter,
  evolveDeadLetter,
  unreplayed,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, refusing } from './refusals';
import type { Rules } from './rules';

export type DeadLetterResult = Readonly<{ letter: string; replays: number }>;

/** How the command that replays a dead letter is answered. It is never refused. */
export const deadLetterRules: Rules<DeadLetterCommand, DeadLetterState, DeadLetterChange, DeadLetterResult> = {
  subject: ({ letter }) => deadLetterSubject(letter),
  initial: unreplayed,
  evolve: evolveDeadLetter,
  decide: decideDeadLetter,
  result: ({ letter }, { replays }) => ({ letter, replays }),
  taken: () => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'dead letters have no names'),
  absent: needsNothing,
  refused: refusing({}),
};
