import { Controller, Get, Inject, Post } from '@nestjs/common';
import { Caller, isOperator, Permission, type Principal } from '@runledger/access';
import { deadLetterRules } from '@runledger/commands';
import { encodePositionToken, entityId, type Recorded, text } from '@runledger/contracts';
import { deadLettersAnswer, replayAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, parseStrictJson, Query, RawBody } from '@runledger/http';
import { Fault, uuidv7 } from '@runledger/kernel';
import { type LetterPlace, type LetterRecord, type LetterScope, letterName, placeOfLetter } from '@runledger/postgres';
import { z } from 'zod';
import { replayOf } from './replay-letter';
import { UPKEEP, type UpkeepRoom } from './upkeep-room';

const listQuery = z.strictObject({
  group: z.enum(['metadata', 'console', 'series']).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(1_000))
    .default(100),
  page_token: text(8_192).optional().describe('nextPageToken of the page before'),
});
const letterParams = z.strictObject({ letter: entityId.meta({ example: 'metadata.runledger.runs.v1.0.0.-1' }) });
const replayFields = z.strictObject({
  id: entityId.optional().describe("the command's own: sent again, it gets its first answer"),
});
const placeShape = z.strictObject({
  time: z.number(),
  group: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  ordinal: z.int(),
});

const at = (ms: number): string => new Date(ms).toISOString();
const answerOf = ({ time, replayed, ...letter }: LetterRecord) => ({
  letter: letterName(letter),
  ...letter,
  recordedAt: at(time),
  replayed: replayed === null ? null : { ...replayed, at: at(replayed.at) },
});
const scopeOf = (who: Principal): LetterScope => ({ workspace: who.workspace, nameless: isOperator(who) });

/** What could not be applied. */
@Controller('api/v1/dead-letters')
export class LettersController {
  constructor(@Inject(UPKEEP) private readonly room: UpkeepRoom) {}

  @Get()
  @Permission('admin')
  @ApiRoute({
    summary: 'Events that could not be applied, newest first, with the reason and who has replayed them',
    query: listQuery,
    response: deadLettersAnswer,
  })
  async list(@Caller() who: Principal, @Query() query: z.output<typeof listQuery>) {
    const { limit, page_token, group } = query;
    const list = ['dead-letters', who.workspace, group];
    const after = this.room.pages.open(list, page_token, placeShape);
    const rows = await this.room.letters.list(scopeOf(who), { after, group, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      letters: shown.map(answerOf),
      nextPageToken: last === undefined ? null : this.room.pages.seal(list, placeShape.strip().parse(last)),
    };
  }

  /** The command is in the journal first. Should the log not take the record then, the same command does the rest. */
  @Post(':letter/replay')
  @Permission('admin')
  @ApiRoute({
    summary: 'Give an event that could not be applied to the log once more; what has had its effect has no second one',
    params: letterParams,
    body: { types: { 'application/json': replayFields.meta({ example: {} }) }, limit: 1_024 },
    response: replayAnswer,
  })
  async replay(@Caller() who: Principal, @Params() params: { letter: string }, @RawBody() body: Body) {
    const { letter: name } = params;
    const { id = uuidv7() } = checkInput(replayFields, parseStrictJson(body.bytes), 'body') as { id?: string };
    const place = placeOfLetter(name);
    const letter = place === null ? null : await this.room.letters.get(scopeOf(who), place);
    if (letter === null) throw new Fault('missing', 'PROJECTOR_NO_LETTER', 'there is no such dead letter');
    const record = replayOf(await this.recordAt(letter), letter.ordinal);
    const { log, commands } = this.room;
    const { workspace, actor } = who;
    const command = { name: 'replay-dead-letter' as const, letter: name, code: letter.code };
    const asked = { id, fields: { letter: name }, command };
    const { result, journalseq } = await commands.run(deadLetterRules, { workspace, actor }, asked);
    const positions = await log.publish([record]);
    const journal = [{ workspace, journalseq }];
    return { ...result, position: encodePositionToken({ incarnation: log.incarnation, log: positions, journal }) };
  }

  private async recordAt({ topic, partition, offset }: LetterPlace): Promise<Recorded> {
    for await (const [record] of this.room.log.read(topic, partition, offset, offset + 1))
      if (record !== undefined) return record;
    throw new Fault('missing', 'PROJECTOR_NO_LETTER', 'the log does not hold this record any more');
  }
}
