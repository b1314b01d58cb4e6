import { decideSession, evolveSession, type SessionCommand } from './session';

const open: SessionCommand = {
  name: 'open-session',
  opened: { session: 's', kind: 'browser', issuer: 'corp', expiresAt: '2026-01-02T03:04:05Z' },
};
const close: SessionCommand = { name: 'close-session', session: 's' };

it.each([
  [open, 'unseen', 'open'],
  [open, 'open', 'SESSION_EXISTS'],
  [open, 'closed', 'SESSION_EXISTS'],
  [close, 'open', 'closed'],
  [close, 'closed', 'closed'],
  [close, 'unseen', 'SESSION_UNKNOWN'],
] as const)('%j on a session that is %s: %s', (command, before, expected) => {
  const outcome = decideSession(command, before);
  expect(outcome.ok ? outcome.value.events.reduce(evolveSession, before) : outcome.code).toBe(expected);
});
