import type { ChangeOf, SESSION_DECISIONS } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';

export type SessionChange = ChangeOf<typeof SESSION_DECISIONS>;
export type Session = 'unseen' | 'open' | 'closed';
type Opened = Extract<SessionChange, { type: 'session.opened' }>['data'];
export type SessionCommand =
  | Readonly<{ name: 'open-session'; opened: Opened }>
  | Readonly<{ name: 'close-session'; session: string }>;
export type SessionRefusal = 'SESSION_EXISTS' | 'SESSION_UNKNOWN';

export const sessionSubject = (session: string): string => `session/${session}`;

/** Total: what was decided is never decided again. */
export const evolveSession = (_before: Session, { type }: SessionChange): Session =>
  type === 'session.opened' ? 'open' : 'closed';

/** Pure, as decideExperiment is. Whether the issuer vouches is checked before. */
export function decideSession(
  command: SessionCommand,
  session: Session,
): Outcome<Decision<SessionChange>, SessionRefusal> {
  if (command.name === 'open-session')
    return session === 'unseen'
      ? decided([{ type: 'session.opened', data: command.opened }])
      : refuse('SESSION_EXISTS', 'there has been a session of this id');
  if (session === 'unseen') return refuse('SESSION_UNKNOWN', 'there is no such session');
  if (session === 'closed') return nothingToDo();
  return decided([{ type: 'session.closed', data: { session: command.session } }]);
}
