import { randomBytes } from 'node:crypto';
import type { Log } from '@runledger/bus';
import type { Commands } from '@runledger/commands';
import { createLetterReads, type LetterReads } from '@runledger/postgres';
import { createPageTokens, type PageTokens } from '@runledger/reads';
import type { DataSource } from 'typeorm';

export const UPKEEP = Symbol('upkeep');

/** What looks after the projections needs. */
export type UpkeepPorts = Readonly<{
  log: Log;
  source: DataSource;
  commands: Pick<Commands, 'run'>;
}>;

export type UpkeepRoom = Readonly<{
  log: Pick<Log, 'incarnation' | 'read' | 'publish'>;
  commands: Pick<Commands, 'run'>;
  letters: LetterReads;
  pages: PageTokens;
}>;

export const openUpkeepRoom = ({ log, source, commands }: UpkeepPorts): UpkeepRoom => ({
  log,
  commands,
  letters: createLetterReads(source),
  pages: createPageTokens(randomBytes(32)),
});
