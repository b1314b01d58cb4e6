import { Controller, Get, Inject, Post } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type CommandAnswer, deletersRules, retentionRules } from '@runledger/commands';
import {
  DELETERS,
  encodePositionToken,
  entityId,
  holdsProject,
  lockDays,
  name,
  retentionDays,
} from '@runledger/contracts';
import { projectDeletersAnswer, retentionAnswer, retentionPreview } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, parseStrictJson, Query, RawBody } from '@runledger/http';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { ERASURE_ROOM, type ErasureRoom } from './erasure-room';

const LIMIT = 16 * 1024;
const days = retentionDays.nullable().default(null);

const reference = name(200).describe(
  'where its grounds are kept, for example a rule; it stays in the record, so name nobody',
);

const setFields = z
  .strictObject({
    id: entityId.optional(),
    project: entityId,
    policy: entityId.optional().describe('a name for it, by which what goes refers to it'),
    points: days.describe('days after the end of a run until its points go; null: they stay for ever'),
    artifacts: days.describe('the same of its artifacts'),
    lock: lockDays
      .nullable()
      .optional()
      .describe(
        'days from when an artifact is stored, for which nobody can take it away (S3 Object Lock, compliance mode); null: none; absent: as before. What is locked stays so, whatever is said later',
      ),
    reference,
  })
  .meta({ example: { project: 'default', points: 90, artifacts: null, reference: 'rule 4' } });
const said = z.strictObject({ days: z.number().nullable(), from: z.string().nullable() });
const answerOf = <R extends z.ZodType>(result: R) =>
  z.strictObject({ command: z.string(), result, position: z.string() });
const setAnswer = answerOf(z.strictObject({ project: z.string(), points: said, artifacts: said, lock: said }));

const deletersFields = z
  .strictObject({
    id: entityId.optional(),
    project: entityId,
    policy: entityId.optional().describe('a name for it'),
    deleters: z.enum(DELETERS).describe('editors: whoever may write, as ever; else from this role on, or nobody'),
    reference,
  })
  .meta({ example: { project: 'default', deleters: 'maintainers', reference: 'rule 7' } });
const deletersAnswer = answerOf(
  z.strictObject({ project: z.string(), deleters: z.enum(DELETERS), from: z.string().nullable() }),
);

/** Days as a query string carries them. */
const asked = <D extends z.ZodType<number, number>>(days: D) =>
  z
    .string()
    .regex(/^\d{1,6}(\.\d{1,9})?$/)
    .transform(Number)
    .pipe(days);
const previewQuery = z.strictObject({
  points: asked(retentionDays)
    .optional()
    .describe('as in set-retention, in days; absent: they stay for ever')
    .meta({ example: '90' }),
  artifacts: asked(retentionDays).optional().describe('the same of artifacts'),
  lock: z
    .union([z.literal('none').transform(() => null), asked(lockDays)])
    .optional()
    .describe('days, or none; absent: as before'),
});

const projectParams = z.strictObject({ project: entityId.meta({ example: 'default' }) });

/** How long projects keep. */
@Controller('api/v1')
export class RetentionController {
  constructor(@Inject(ERASURE_ROOM) private readonly room: ErasureRoom) {}

  @Post('commands/set-retention')
  @Permission('projects:write', 'project')
  @ApiRoute({
    summary:
      'Say how long a project keeps points and artifacts of its runs, and locks artifacts; less than before, or a longer lock, holds a while later',
    body: { types: { 'application/json': setFields }, limit: LIMIT },
    response: setAnswer,
  })
  async set(@RawBody() { bytes }: Body, @Caller() who: Principal) {
    const { id: own = uuidv7(), ...fields } = checkInput(setFields, parseStrictJson(bytes), 'body');
    const { project, policy = uuidv7() } = fields;
    this.#reach(who, project);
    if (fields.lock !== undefined && fields.lock !== null) await this.room.locks.check();
    const { commands, retentionDelayMs: delayMs } = this.room;
    const at = new Date().toISOString();
    const command = { name: 'set-retention', ...fields, policy, at, delayMs } as const;
    return this.#answer(who, own, await commands.run(retentionRules, who, { id: own, fields, command }));
  }

  @Post('commands/set-deleters')
  @Permission('projects:write', 'project')
  @ApiRoute({
    summary: 'Say who may delete what is in a project; fewer at once, more of them a while later, and by one who may',
    body: { types: { 'application/json': deletersFields }, limit: LIMIT },
    response: deletersAnswer,
  })
  async setDeleters(@RawBody() { bytes }: Body, @Caller() who: Principal) {
    const { id: own = uuidv7(), ...fields } = checkInput(deletersFields, parseStrictJson(bytes), 'body');
    const { project, policy = uuidv7() } = fields;
    this.#reach(who, project);
    const { commands, retentionDelayMs: delayMs } = this.room;
    const { permissions: rights } = who;
    const at = new Date().toISOString();
    const command = { name: 'set-deleters', ...fields, policy, rights, at, delayMs } as const;
    return this.#answer(who, own, await commands.run(deletersRules, who, { id: own, fields, command }));
  }

  @Get('projects/:project/retention')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'How long a project keeps points and artifacts, and locks artifacts, who may delete in it, and by whose order',
    params: projectParams,
    response: retentionAnswer,
  })
  get(@Caller() who: Principal, @Params() { project }: { project: string }) {
    this.#reach(who, project);
    return this.room.retentionOf(who, project);
  }

  @Get('projects/:project/retention/deleters')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Who may delete in a project, and whether whoever asks may, or why not',
    params: projectParams,
    response: projectDeletersAnswer,
  })
  deleters(@Caller() who: Principal, @Params() { project }: { project: string }) {
    this.#reach(who, project);
    return this.room.deletersOf(who, project);
  }

  @Get('projects/:project/retention/preview')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'What a policy would take away as soon as it holds, if somebody set it: runs, points, bytes, and what holds keep; it changes nothing',
    params: projectParams,
    query: previewQuery,
    response: retentionPreview,
  })
  async preview(
    @Caller() who: Principal,
    @Params() { project }: { project: string },
    @Query() { points, artifacts, lock }: z.output<typeof previewQuery>,
  ) {
    this.#reach(who, project);
    if (lock !== undefined && lock !== null) await this.room.locks.check();
    return this.room.previewOf(who.workspace, project, { points: points ?? null, artifacts: artifacts ?? null, lock });
  }

  #answer<Result>({ workspace }: Principal, command: string, { journalseq, result }: CommandAnswer<Result>) {
    const journal = [{ workspace, journalseq }];
    const position = encodePositionToken({ incarnation: this.room.incarnation, log: [], journal });
    return { command, result, position };
  }

  /** What lies out of reach is missing, whether it is there or not. */
  #reach({ projects }: Principal, project: string): void {
    if (!holdsProject(projects, project)) throw new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');
  }
}
