import { createHash, randomBytes } from 'node:crypto';
import type { Me } from '@runledger/contracts/http';
import type { Command } from 'commander';
import type { CliEnds } from './cli-ends';
import { dropSession, keepSession } from './kept-sessions';
import { waitForCode } from './loopback-code';
import { createServer } from './server';

type Token = Readonly<{ access_token: string; expires_in: number }>;

async function logIn(ends: CliEnds): Promise<void> {
  const server = createServer(ends);
  const [verifier, state] = [randomBytes(48).toString('base64url'), randomBytes(16).toString('base64url')];
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const listener = await waitForCode(state, ends.signal);
  try {
    const asked = new URLSearchParams({ port: String(listener.port), challenge, state });
    ends.err.write(`Open this in a browser on this machine, and let the command line in:\n`);
    ends.out.write(`${server.base}/terminal?${asked.toString()}\n`);
    const code = await listener.code;
    const token = await server.form<Token>('token', {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
    });
    keepSession(ends.env, server.base, token.access_token, new Date(Date.now() + token.expires_in * 1_000));
  } finally {
    listener.close();
  }
  await tellMe(ends);
}

const where = ({ projects }: Me['permissions'][number]): string => {
  if ('only' in projects) return `in ${projects.only.join(', ')}`;
  return projects.except.length === 0 ? '' : `but not in ${projects.except.join(', ')}`;
};

async function tellMe(ends: CliEnds, json = false): Promise<void> {
  const me = await createServer(ends).read<Me>('me');
  if (json) return void ends.out.write(`${JSON.stringify(me)}\n`);
  const who = [me.name, me.email, me.actor].filter((one) => one !== null).join(', ');
  const may = me.permissions.map((one) => `  ${one.permission} ${where(one)}`.trimEnd());
  const rights = may.length === 0 ? 'nobody has granted you anything' : `may:\n${may.join('\n')}`;
  ends.out.write(`${who}\nworkspace ${me.workspace}\n${rights}\n`);
}

/** `login`, `logout`, `whoami`: people at a terminal, who need no key. */
export function addSessionCommands(program: Command, ends: CliEnds): void {
  program
    .command('login')
    .description('sign this command line in as the person who is signed in by a browser on this machine')
    .addHelpText(
      'after',
      `
It prints a link and waits. Where people sign in by a provider, open it, sign in, and let the command line in; the session is kept for this
user only, and ends by itself after some hours. RUNLEDGER_API_KEY wins where it is set.`,
    )
    .action(() => logIn(ends));
  program
    .command('logout')
    .description('end the session of this command line')
    .action(async () => {
      const server = createServer({ ...ends, env: { ...ends.env, RUNLEDGER_API_KEY: '' } });
      if (server.session === undefined) return void ends.err.write('not signed in\n');
      await server.close('logout').finally(() => dropSession(ends.env, server.base));
      ends.err.write('signed out\n');
    });
  program
    .command('whoami')
    .description('tell as whom the command line acts, and what it may do')
    .option('--json', 'answer as JSON')
    .action(({ json = false }: { json?: boolean }) => tellMe(ends, json));
}
