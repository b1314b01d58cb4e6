import { decideLocalAccount, evolveLocalAccount } from './local-account';

it.each([
  ['set-local-account', 'unseen', 'set'],
  ['set-local-account', 'set', 'set'],
  ['set-local-account', 'removed', 'set'],
  ['remove-local-account', 'set', 'removed'],
  ['remove-local-account', 'unseen', 'LOCAL_ACCOUNT_UNKNOWN'],
  ['remove-local-account', 'removed', 'LOCAL_ACCOUNT_UNKNOWN'],
] as const)('%s on an account that is %s: %s', (name, before, expected) => {
  const outcome = decideLocalAccount({ name, person: 'p' }, before);
  expect(outcome.ok && outcome.value.events.length).toBe(outcome.ok && 1);
  expect(outcome.ok ? outcome.value.events.reduce(evolveLocalAccount, before) : outcome.code).toBe(expected);
});
