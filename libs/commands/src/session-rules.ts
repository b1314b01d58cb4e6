import {
  decideSession,
  evolveSession,
  type Session,
  type SessionChange,
  type SessionCommand,
  type SessionRefusal,
  sessionSubject,
} from '@runledger/domain';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<SessionRefusal> = { SESSION_EXISTS: 'conflict', SESSION_UNKNOWN: 'missing' };

/** How the beginning and the end of sessions become part of the record. */
export const sessionRules: Rules<SessionCommand, Session, SessionChange, Session> = {
  subject: (command) => sessionSubject(command.name === 'open-session' ? command.opened.session : command.session),
  initial: 'unseen',
  evolve: evolveSession,
  decide: decideSession,
  result: (_command, session) => session,
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing(KINDS),
};
