import { readTerminalQuestion } from './terminal-question';

const good = { port: 40_000, challenge: 'c'.repeat(43), state: 's' };

it.each([
  [good, good],
  [{ ...good, port: '40000' }, good],
  [{ ...good, port: 80 }, null],
  [{ ...good, port: 'evil.example:80' }, null],
  [{ ...good, challenge: 'short' }, null],
  [{ ...good, state: 'a&b' }, null],
  [{}, null],
])('%j asks %j', (search, expected) => expect(readTerminalQuestion(search)).toEqual(expected));
