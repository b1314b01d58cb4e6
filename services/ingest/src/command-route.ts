import type { Level, PermissionName, Principal } from '@runledger/access';
import type { CommandAnswer, Rules } from '@runledger/commands';
import { encodePositionToken, entityId } from '@runledger/contracts';
import { type Body, checkInput, parseStrictJson } from '@runledger/http';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import type { IngestRoom } from './ingest-room';
import { type About, keepCommandToReach } from './keep-command-to-reach';

/** What a command decides goes as one message through the relay, beside others. */
export const COMMAND_LIMIT = 512 * 1024;

/** One command of this door: `POST commands/<name>`. */
export type CommandRoute = Readonly<{
  name: string;
  summary: string;
  permission: PermissionName;
  level?: Level;
  fields: z.ZodType;
  answer: z.ZodType;
  run(room: IngestRoom, who: Principal, body: Body): Promise<unknown>;
}>;

type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;

type Parts<Shape extends z.ZodRawShape, Command, State, Change, Result> = Readonly<{
  summary: string;
  /** `commands:write` when absent. */
  permission?: PermissionName;
  /** `workspace` when absent. */
  level?: Level;
  /** The command's fields, without its own id, which every command may have. */
  fields: Shape;
  rules: Rules<Command, State, Change, Result>;
  /** What became of it, as the rules tell it. */
  result: z.ZodType;
  command(fields: Fields<Shape>): Command;
  /** What it is about. With it, `level` is `project`: callers are kept to what they reach. */
  about?(fields: Fields<Shape>): readonly About[];
  /** Refuses callers before anything is decided, by a fault. */
  check?(who: Principal, fields: Fields<Shape>): void;
}>;

/** The command's own id: sent again, it gets its first answer. */
const id = entityId.optional();

/** The fields of a command, and the id that it has of its own. @throws Fault invalid HTTP_BAD_INPUT */
export const readCommand = (shape: z.ZodType, { bytes }: Body): Readonly<{ id?: string }> =>
  checkInput(shape, parseStrictJson(bytes), 'body') as { id?: string };

/** What became of a command, and the place in the journal at which it can be read. */
export function answerOf<Result>(
  { log }: Pick<IngestRoom, 'log'>,
  { workspace }: Principal,
  command: string,
  { journalseq, result }: CommandAnswer<Result>,
) {
  const journal = [{ workspace, journalseq }];
  return { command, result, position: encodePositionToken({ incarnation: log.incarnation, log: [], journal }) };
}

/** Parse, run, answer; what may be refused is decided in libs/domain. */
export function defineCommand<
  Name extends string,
  Shape extends z.ZodRawShape,
  Command extends { name: string },
  State,
  Change extends { type: string; data: unknown },
  Result,
>(name: Name, parts: Parts<Shape, Command, State, Change, Result>): CommandRoute {
  const { summary, fields: shape, rules, result, permission = 'commands:write', about, check } = parts;
  const { level = about === undefined ? 'workspace' : 'project' } = parts;
  const withId = z.strictObject({ id, ...shape });
  return {
    name,
    summary,
    permission,
    level,
    fields: withId,
    answer: z.strictObject({ command: z.string(), result, position: z.string() }),
    async run(room, who, body) {
      const { id: given = uuidv7(), ...rest } = readCommand(withId, body);
      const asked = rest as Fields<Shape>;
      check?.(who, asked);
      if (about !== undefined) await keepCommandToReach(room.places, who, about(asked));
      const command = parts.command(asked);
      return answerOf(room, who, given, await room.commands.run(rules, who, { id: given, fields: asked, command }));
    },
  };
}
