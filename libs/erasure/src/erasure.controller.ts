import { Controller, Inject, Post } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { erasureRules } from '@runledger/commands';
import { encodePositionToken, entityId, name } from '@runledger/contracts';
import type { ErasureCommand } from '@runledger/domain';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody } from '@runledger/http';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { ERASURE_ROOM, type ErasureRoom } from './erasure-room';
import { nameFiles } from './name-files';
import { nameSubjects } from './name-subjects';

const LIMIT = 64 * 1024;
const id = entityId.optional();
const reference = name(200).describe(
  'where its grounds are kept, for example a ticket; it stays in the record, so name nobody',
);

const naming = {
  people: z.array(entityId).max(100).default([]).describe('ids of people who have signed in'),
  actors: z.array(name(500)).max(100).default([]).describe('actors that are no people, such as service accounts'),
  texts: z
    .array(name(10_000))
    .max(100)
    .default([])
    .describe('what somebody is called in the fields that tell of people'),
  containing: z.boolean().default(false).describe('also every such text of which one of these is a part, in any case'),
};
const files = z
  .array(z.strictObject({ run: entityId, path: name(1_000) }))
  .max(1_000)
  .default([]);
const requestFields = z.strictObject({
  id,
  erasure: entityId.optional(),
  ...naming,
  artifacts: files.describe(
    'artifacts of runs: all bytes that were ever stored there go, once nobody else has the same',
  ),
  reference,
});
const oneFields = z.strictObject({ id, erasure: entityId });
const holdFields = z.strictObject({
  id,
  hold: entityId.optional(),
  ...naming,
  artifacts: files.describe('artifacts of runs, all bytes of which are kept, whose ever they are'),
  runs: z.array(entityId).max(1_000).default([]).describe('all that these have logged: it does not expire'),
  projects: z.array(entityId).max(100).default([]).describe('the same of all runs of these'),
  everybody: z
    .boolean()
    .default(false)
    .describe('hold what is said of anybody in this workspace, and all that was logged in it'),
  reference,
});
const liftFields = z.strictObject({ id, hold: entityId });

const position = z.string();
const command = z.string();
const erasureResult = z.strictObject({ erasure: z.string(), status: z.enum(['requested', 'withdrawn', 'approved']) });
const holdResult = z.strictObject({ hold: z.string(), status: z.enum(['in-force', 'lifted']) });
const texts = z.array(z.string()).describe('what the subjects are called: told now, and kept nowhere');
const requested = z.strictObject({ command, result: erasureResult, texts, position });
const decided = z.strictObject({ command, result: erasureResult, position });
const placed = z.strictObject({ command, result: holdResult, texts, position });
const lifted = z.strictObject({ command, result: holdResult, position });

const json = (fields: z.ZodType) => ({ types: { 'application/json': fields }, limit: LIMIT });
const read = <S extends z.ZodType>(fields: S, { bytes }: Body): z.output<S> =>
  checkInput(fields, parseStrictJson(bytes), 'body');

type Said = Readonly<{ id?: string | undefined }>;

/** Erasures and holds are commands. What names somebody here is looked up, and gets no further: the record has random ids. */
@Controller('api/v1/commands')
export class ErasureController {
  constructor(@Inject(ERASURE_ROOM) private readonly room: ErasureRoom) {}

  @Post('request-erasure')
  @Permission('admin')
  @ApiRoute({
    summary: 'Ask that what is said of somebody be erased; another person approves it',
    body: json(requestFields),
    response: requested,
  })
  async request(@RawBody() body: Body, @Caller() who: Principal) {
    const said = read(requestFields, body);
    const { id: _, erasure = uuidv7(), artifacts: asked, reference: of, ...named } = said;
    const { subjects, texts: found } = await nameSubjects(this.room, who.workspace, named);
    const artifacts = await nameFiles(this.room.files, who.workspace, asked);
    const { people } = named;
    const request = { name: 'request-erasure', erasure, subjects, people, artifacts, reference: of } as const;
    const answer = await this.#run(who, said, request);
    return { ...answer, texts: found };
  }

  @Post('approve-erasure')
  @Permission('admin')
  @ApiRoute({
    summary: 'Approve an erasure as another person than the one who asked: its keys are destroyed, for ever',
    body: json(oneFields),
    response: decided,
  })
  async approve(@RawBody() body: Body, @Caller() who: Principal) {
    const said = read(oneFields, body);
    const answer = await this.#run(who, said, { name: 'approve-erasure', erasure: said.erasure });
    await this.room.eraser.hurry();
    return answer;
  }

  @Post('withdraw-erasure')
  @Permission('admin')
  @ApiRoute({ summary: 'Take a request to erase back, or refuse it', body: json(oneFields), response: decided })
  withdraw(@RawBody() body: Body, @Caller() who: Principal) {
    const said = read(oneFields, body);
    return this.#run(who, said, { name: 'withdraw-erasure', erasure: said.erasure });
  }

  @Post('place-hold')
  @Permission('admin')
  @ApiRoute({
    summary: 'Keep what is said of somebody or of everybody from being erased, and what was logged from expiring',
    body: json(holdFields),
    response: placed,
  })
  async hold(@RawBody() body: Body, @Caller() who: Principal) {
    const said = read(holdFields, body);
    const { id: _, hold = uuidv7(), everybody, artifacts: asked, runs, projects, reference: of, ...named } = said;
    const found = everybody ? { subjects: null, texts: [] } : await nameSubjects(this.room, who.workspace, named);
    const { subjects } = found;
    const artifacts = (await nameFiles(this.room.files, who.workspace, asked)).map(({ digest }) => digest);
    const what = { subjects, artifacts, runs, projects };
    const answer = await this.#run(who, said, { name: 'place-hold', hold, ...what, reference: of });
    return { ...answer, texts: found.texts };
  }

  @Post('lift-hold')
  @Permission('admin')
  @ApiRoute({ summary: 'Let a hold hold no more', body: json(liftFields), response: lifted })
  lift(@RawBody() body: Body, @Caller() who: Principal) {
    const said = read(liftFields, body);
    return this.#run(who, said, { name: 'lift-hold', hold: said.hold });
  }

  async #run({ workspace, actor }: Principal, { id: given, ...fields }: Said, asked: ErasureCommand) {
    const { commands, incarnation } = this.room;
    const own = given ?? uuidv7();
    const { journalseq, result } = await commands.run(
      erasureRules,
      { workspace, actor },
      { id: own, fields, command: asked },
    );
    const journal = [{ workspace, journalseq }];
    return { command: own, result, position: encodePositionToken({ incarnation, log: [], journal }) };
  }
}
