import {
  decideNote,
  evolveNote,
  type Note,
  type NoteChange,
  type NoteCommand,
  type NoteRefusal,
  noteSubject,
  unwrittenNote,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<NoteRefusal> = { NOTE_CHANGED: 'conflict' };

export type NoteResult = Readonly<{ run: string; number: number; text: string }>;

/** How commands about notes are answered; what becomes of them is the domain's. */
export const noteRules: Rules<NoteCommand, Note, NoteChange, NoteResult> = {
  subject: ({ run }) => noteSubject(run),
  initial: unwrittenNote,
  evolve: evolveNote,
  decide: decideNote,
  result: ({ run }, { number, text }) => ({ run, number, text }),
  taken: () => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'notes have no names'),
  absent: needsNothing,
  refused: refusing(KINDS),
};
