import { Readable } from 'node:stream';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { admit, Caller, Permission, type Principal } from '@runledger/access';
import { entityId, instant, modelName, NO_PROJECTS, type PlacedThing } from '@runledger/contracts';
import type { EvidenceScope } from '@runledger/evidence';
import { ApiRoute, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EvidenceRoom } from './evidence-room';
import { LIES, type Lies, notThere } from './lies';

export const EVIDENCE_ROOM = Symbol('evidence-room');
const TAR = 'application/x-tar';

const evidenceQuery = z.strictObject({
  run: entityId.optional(),
  model: modelName.optional().describe('a registered model, with the runs that its versions come from'),
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .optional()
    .describe('of the model; all when absent'),
  project: entityId.optional(),
  from: instant.optional().describe('with `to`: all that was accepted between two times'),
  to: instant.optional(),
  artifacts: z.enum(['true', 'false']).default('true').describe('false leaves the bytes of artifacts out'),
  names: z
    .enum(['true', 'false'])
    .default('true')
    .describe('false leaves sealed what is said of people, in the dossier too: for a bundle that is kept for long'),
});
type EvidenceQuery = z.output<typeof evidenceQuery>;

/** What is asked for, in each way in which it may be. */
const scopesOf = ({ run, model, version, project, from, to }: EvidenceQuery): EvidenceScope[] => [
  ...(run === undefined ? [] : [{ kind: 'run' as const, run }]),
  ...(model === undefined ? [] : [{ kind: 'model' as const, model, version: version ?? null }]),
  ...(project === undefined ? [] : [{ kind: 'project' as const, project }]),
  ...(from === undefined || to === undefined ? [] : [{ kind: 'time' as const, from, to }]),
];

/** @throws Fault invalid NOTARY_BAD_SCOPE */
function scopeOf(query: EvidenceQuery): EvidenceScope {
  const [scope, ...more] = scopesOf(query);
  const { from, to } = query;
  const isHalf =
    (from === undefined) !== (to === undefined) || (query.version !== undefined && scope?.kind !== 'model');
  const isBackwards = scope?.kind === 'time' && Date.parse(scope.from) > Date.parse(scope.to);
  if (scope === undefined || more.length > 0 || isHalf || isBackwards)
    throw new Fault('invalid', 'NOTARY_BAD_SCOPE', 'ask for one of: run, model (and version), project, from and to');
  return scope;
}

/** What has to lie in reach: models and times bring together what is of several projects. */
function aboutOf(scope: EvidenceScope): PlacedThing {
  if (scope.kind === 'run') return { kind: 'run', id: scope.run };
  return scope.kind === 'project' ? { kind: 'project', id: scope.project } : { kind: 'workspace' };
}

const refused = ({ kind }: PlacedThing): Fault =>
  kind === 'workspace'
    ? new Fault(
        'forbidden',
        'NOTARY_NO_REACH',
        'evidence of a model or a time is of every project: ask for a run or a project',
      )
    : notThere(kind);

/** Evidence for people who trust neither us nor the operator (see libs/evidence). */
@Controller('api/v1/evidence')
export class EvidenceController {
  constructor(
    @Inject(EVIDENCE_ROOM) private readonly room: EvidenceRoom,
    @Inject(LIES) private readonly lies: Lies,
  ) {}

  /** Artifacts need the permission to read them; who has it not gets a bundle without, when he asks for one. */
  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'A bundle that proves what was recorded of a run, a model, a project or a time, and needs no server',
    query: evidenceQuery,
    response: TAR,
  })
  async export(@Caller() who: Principal, @Query() query: EvidenceQuery, @Res() reply: FastifyReply): Promise<void> {
    const scope = scopeOf(query);
    const artifacts = query.artifacts === 'true';
    const about = aboutOf(scope);
    if (!(await this.lies.inReach(who, about))) throw refused(about);
    const files = admit(who.permissions, 'artifacts:read', 'project') ?? NO_PROJECTS;
    if (artifacts && !(await this.lies.inReach({ workspace: who.workspace, projects: files }, about)))
      throw new Fault('forbidden', 'NOTARY_NO_ARTIFACTS', 'this key may not read artifacts: ask with artifacts=false');
    const { workspace, actor } = who;
    const isHead = reply.request.method === 'HEAD';
    const bundle = isHead
      ? Readable.from([])
      : await this.room.open({ workspace, actor, scope, artifacts, names: query.names === 'true' });
    reply.headers({
      'content-type': TAR,
      'content-disposition': `attachment; filename="evidence-${scope.kind}.tar"`,
      'cache-control': 'no-store',
    });
    reply.send(bundle);
  }
}
