import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Fault } from '@runledger/kernel';
import type { CliEnds } from './cli-ends';

/** Swallows what is typed, so that nobody reads it over a shoulder. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asked for twice at a terminal, without an echo; else what is piped in, without its last line feed. @throws Fault invalid CLI_TWO_PASSWORDS */
export async function readPassword(ends: Pick<CliEnds, 'in' | 'err' | 'signal'>): Promise<string> {
  if (ends.in.isTTY !== true) return (await text(ends.in)).replace(/\r?\n$/, '');
  const lines = createInterface({ input: ends.in, output: nowhere(), terminal: true });
  try {
    ends.err.write('Password: ');
    const password = await lines.question('', { signal: ends.signal });
    ends.err.write('\nAgain: ');
    const again = await lines.question('', { signal: ends.signal });
    ends.err.write('\n');
    if (again !== password)
      throw new Fault('invalid', 'CLI_TWO_PASSWORDS', 'these are two passwords; nothing was changed');
    return password;
  } finally {
    lines.close();
  }
}
