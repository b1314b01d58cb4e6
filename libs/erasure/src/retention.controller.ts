import { Controller, Get, Inject, Post } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { retentionRules } from '@runledger/commands';
import { encodePositionToken, entityId, holdsProject, name, retentionDays } from '@runledger/contracts';
import { retentionAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, parseStrictJson, RawBody } from '@runledger/http';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { ERASURE_ROOM, type ErasureRoom } from './erasure-room';

const LIMIT = 16 * 1024;
const days = retentionDays.nullable().default(null);

const setFields = z
  .strictObject({
    id: entityId.optional(),
    project: entityId,
    policy: entityId.optional().describe('a name for it, by which what goes refers to it'),
    points: days.describe('days after the end of a run until its points go; null: they stay for ever'),
    artifacts: days.describe('the same of its artifacts'),
    reference: name(200).describe(
      'where its grounds are kept, for example a rule; it stays in the record, so name nobody',
    ),
  })
  .meta({ example: { project: 'default', points: 90, artifacts: null, reference: 'rule 4' } });
const said = z.strictObject({ days: z.number().nullable(), from: z.string().nullable() });
const setAnswer = z.strictObject({
  command: z.string(),
  result: z.strictObject({ project: z.string(), points: said, artifacts: said }),
  position: z.string(),
});

const projectParams = z.strictObject({ project: entityId });

/** How long projects keep. */
@Controller('api/v1')
export class RetentionController {
  constructor(@Inject(ERASURE_ROOM) private readonly room: ErasureRoom) {}

  @Post('commands/set-retention')
  @Permission('projects:write', 'project')
  @ApiRoute({
    summary: 'Say how long a project keeps points and artifacts of its runs; less than before holds a while later',
    body: { types: { 'application/json': setFields }, limit: LIMIT },
    response: setAnswer,
  })
  async set(@RawBody() { bytes }: Body, @Caller() who: Principal) {
    const { id: own = uuidv7(), ...fields } = checkInput(setFields, parseStrictJson(bytes), 'body');
    const { project, policy = uuidv7() } = fields;
    this.#reach(who, project);
    const { commands, incarnation, retentionDelayMs: delayMs } = this.room;
    const at = new Date().toISOString();
    const command = { name: 'set-retention', ...fields, policy, at, delayMs } as const;
    const { workspace, actor } = who;
    const { journalseq, result } = await commands.run(
      retentionRules,
      { workspace, actor },
      { id: own, fields, command },
    );
    const journal = [{ workspace, journalseq }];
    return { command: own, result, position: encodePositionToken({ incarnation, log: [], journal }) };
  }

  @Get('projects/:project/retention')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'How long a project keeps points and artifacts of its runs, and by whose order',
    params: projectParams,
    response: retentionAnswer,
  })
  get(@Caller() who: Principal, @Params() { project }: { project: string }) {
    this.#reach(who, project);
    return this.room.retentionOf(who.workspace, project);
  }

  /** What lies out of reach is missing, whether it is there or not. */
  #reach({ projects }: Principal, project: string): void {
    if (!holdsProject(projects, project)) throw new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');
  }
}
