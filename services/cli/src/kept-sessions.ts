import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const kept = z.record(z.string(), z.object({ token: z.string(), expiresAt: z.string() }));
type Env = Readonly<Record<string, string | undefined>>;

const fileOf = (env: Env): string =>
  path.join(env['XDG_CONFIG_HOME'] || path.join(env['HOME'] || homedir(), '.config'), 'runledger', 'sessions.json');

function read(env: Env): z.output<typeof kept> {
  try {
    return kept.parse(JSON.parse(readFileSync(fileOf(env), 'utf8')));
  } catch {
    return {}; // whatever lies there signs nobody in
  }
}

/** Whole or not at all, and for this user only. */
function write(env: Env, sessions: z.output<typeof kept>): void {
  const file = fileOf(env);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, JSON.stringify(sessions), { mode: 0o600 });
  chmodSync(beside, 0o600);
  renameSync(beside, file);
}

/** Sessions of this user's command line, one for each server. */
export const keptSession = (env: Env, server: string): string | undefined => {
  const session = read(env)[server];
  return session !== undefined && Date.parse(session.expiresAt) > Date.now() ? session.token : undefined;
};

export function keepSession(env: Env, server: string, token: string, expiresAt: Date): void {
  write(env, { ...read(env), [server]: { token, expiresAt: expiresAt.toISOString() } });
}

export function dropSession(env: Env, server: string): void {
  const { [server]: _, ...others } = read(env);
  write(env, others);
}
