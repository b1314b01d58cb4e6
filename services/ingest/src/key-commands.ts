import type { Principal } from '@runledger/access';
import { accountRules } from '@runledger/commands';
import { entityId, instant, name } from '@runledger/contracts';
import { type AccountCommand, OPERATOR_ACCOUNT } from '@runledger/domain';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { keyResult } from './account-commands';
import { answerOf, type CommandRoute, readCommand } from './command-route';
import type { IngestRoom } from './ingest-room';
import { narrowedProjects, narrowedScopes, SCOPES_SAID } from './narrowing';

type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;
/** A command, and how the key that it makes is kept; null where it makes none. */
type Said = Readonly<{ command: AccountCommand; makes: string | null }>;
type Parts<Shape extends z.ZodRawShape> = Readonly<{
  summary: string;
  fields: Shape;
  say(room: IngestRoom, who: Principal, fields: Fields<Shape>): Promise<Said>;
}>;

const result = z.strictObject({
  account: z.string(),
  status: z.enum(['enabled', 'disabled']),
  key: keyResult.nullable(),
  /** The key itself: told once, to whoever made it, and null when the command comes again. */
  secret: z.string().nullable(),
});
const NOBODYS = () => new Fault('missing', 'KEY_UNKNOWN', 'there is no such key');
const now = (): string => new Date().toISOString();

/** A key of an account says in custody whose it is, and nothing more: what it may do stands in the journal. */
const actorOf = (account: string, key: string): string =>
  account === OPERATOR_ACCOUNT ? `key/${key}` : `service-account/${account}`;

/**
 * As other commands are, but a key is in custody before the journal knows it, and counts from when it does. What was refused, or had been
 * decided before, leaves none.
 */
function defineKeyCommand<Shape extends z.ZodRawShape>(
  of: string,
  { summary, fields, say }: Parts<Shape>,
): CommandRoute {
  const shape = z.strictObject({ id: entityId.optional(), ...fields });
  return {
    name: of,
    summary,
    permission: 'access:write',
    fields: shape,
    answer: z.strictObject({ command: z.string(), result, position: z.string() }),
    async run(room, who, body) {
      const { id = uuidv7(), ...rest } = readCommand(shape, body);
      const { command, makes } = await say(room, who, rest as Fields<Shape>);
      const { workspace } = who;
      const { account } = command;
      const key = makes ?? '';
      const draft = { workspace, id: key, account, actor: actorOf(account, key), label: of, permissions: [] };
      const secret = makes === null ? null : (await room.keys.create(draft)).key;
      let isMine = false;
      try {
        const { result: done, ...answer } = await room.commands.run(accountRules, who, { id, fields: rest, command });
        isMine = done.key?.id === makes;
        return answerOf(room, who, id, { ...answer, result: { ...done, secret: isMine ? secret : null } });
      } finally {
        if (makes !== null && !isMine) await room.keys.forget(workspace, makes);
      }
    },
  };
}

/** Longest time for which an old key and the new one let in together, in seconds. */
const MOST_OVERLAP = 90 * 24 * 3_600;

export const KEY_COMMANDS: readonly CommandRoute[] = [
  defineKeyCommand('create-key', {
    summary: 'Make an API key of a service account; the answer tells it, once',
    fields: {
      account: entityId.default(OPERATOR_ACCOUNT).describe("whose key it is; the server's own account when absent"),
      label: name(500),
      scopes: narrowedScopes.default(['admin']).describe(SCOPES_SAID),
      projects: narrowedProjects,
      expiresAt: instant.optional().describe('never when absent'),
    },
    say: async (_room, _who, { projects = null, expiresAt = null, ...more }) => {
      const key = uuidv7();
      return { command: { name: 'create-key', key, projects, expiresAt, now: now(), ...more }, makes: key };
    },
  }),
  defineKeyCommand('rotate-key', {
    summary: 'Make a key that takes the place of another, which lets in for some time yet; the answer tells it, once',
    fields: {
      key: entityId,
      overlapSeconds: z.int().min(0).max(MOST_OVERLAP).default(3_600).describe('for how long the old key lets in yet'),
      expiresAt: instant.optional().describe('when the old one would have expired, when absent'),
    },
    say: async ({ keys }, { workspace }, { key: old, overlapSeconds, expiresAt = null }) => {
      const account = await keys.accountOf(workspace, old);
      if (account === null) throw NOBODYS();
      const key = uuidv7();
      const oldExpiresAt = new Date(Date.now() + overlapSeconds * 1_000).toISOString();
      const command = { name: 'rotate-key', account, key, old, oldExpiresAt, expiresAt, now: now() } as const;
      return { command, makes: key };
    },
  }),
  defineKeyCommand('revoke-key', {
    summary: 'Let a key in no more, on any process from five seconds on',
    fields: { key: entityId },
    say: async ({ keys }, { workspace }, { key }) => {
      const account = await keys.accountOf(workspace, key);
      if (account === null) throw NOBODYS();
      return { command: { name: 'revoke-key', account, key, now: now() }, makes: null };
    },
  }),
];
