import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { entityId, key, placedThingOf } from '@runledger/contracts';
import { ApiRoute, Params, Query } from '@runledger/http';
import { z } from 'zod';
import { LIES, type Lies, notThere } from './lies';
import { NOTARY_ROOM, type NotaryRoom } from './notary-room';
import type { PointProof, PointProver } from './point-proofs';

export const POINT_PROVER = Symbol('point-prover');

const int64Text = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt)
  .refine((step) => BigInt.asIntN(64, step) === step, { error: 'must be an integer of 64 bits' });
const eventParams = z.strictObject({ event: entityId });
const pointQuery = z.strictObject({ run: entityId, key, step: int64Text });

const leafShape = {
  index: z.int(),
  entry: z.string().describe('the leaf: canonical JSON, byte for byte'),
  proof: z.string().describe('of the leaf, as c2sp.org/tlog-proof'),
};
const eventProofs = z.strictObject({
  verifierKey: z.string(),
  proofs: z.array(z.strictObject({ ...leafShape, stream: z.string() })),
});
const hash = z.string().describe('32 bytes in base64');
const pointProofs = z.strictObject({
  verifierKey: z.string(),
  points: z.array(
    z.strictObject({
      time: z.string().describe('ms since 1970'),
      value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]),
      ordinal: z.int().describe('which point of the message it is, from 0'),
      message: z.string().describe('the metric batch as it lies in the log, in base64; the line has its SHA-256'),
      line: z.strictObject({
        text: z.string().describe('what the segment says of the message: canonical JSON, byte for byte'),
        index: z.int(),
        size: z.int().describe('lines of the segment'),
        proof: z.array(hash).describe('RFC 9162, 2.1.3.1: of the line under segment.root of the leaf'),
      }),
      leaf: z.strictObject(leafShape),
    }),
  ),
});

function answerOf({ time, value, ordinal, message, line, leaf }: PointProof): z.input<typeof pointProofs>['points'][0] {
  return {
    time: String(time),
    value: Number.isFinite(value) ? value : (String(value) as 'NaN'),
    ordinal,
    message: message.toString('base64'),
    line: { ...line, proof: line.proof.map((node) => node.toString('base64')) },
    leaf,
  };
}

/** Proofs that need no server: what they come with is all that they are checked with, besides the key. */
@Controller('api/v1/proofs')
export class ProofsController {
  constructor(
    @Inject(NOTARY_ROOM) private readonly room: NotaryRoom,
    @Inject(POINT_PROVER) private readonly points: PointProver,
    @Inject(LIES) private readonly lies: Lies,
  ) {}

  @Get('event/:event')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'The leaves of an event in the log of the workspace, each with a proof that needs no server',
    params: eventParams,
    response: eventProofs,
  })
  async event(@Caller() who: Principal, @Params() { event }: { event: string }) {
    const { verifierKey } = await this.room.log(who.workspace);
    return { verifierKey, proofs: await this.reached(who, await this.room.proofs(who.workspace, event)) };
  }

  @Get('point')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'The points of a metric at a step, each with its message and a proof in two steps that needs no server',
    query: pointQuery,
    response: pointProofs,
  })
  async point(@Caller() who: Principal, @Query() point: z.output<typeof pointQuery>) {
    const { workspace } = who;
    const { verifierKey } = await this.room.log(workspace);
    if (!(await this.lies.inReach(who, { kind: 'run', id: point.run }))) throw notThere('point');
    return { verifierKey, points: (await this.points.prove(workspace, point)).map(answerOf) };
  }

  /** An id is a client's, so that streams may share one: of each it is asked where it lies. */
  private async reached<P extends Readonly<{ stream: string }>>(who: Principal, proofs: readonly P[]): Promise<P[]> {
    const mine = await Promise.all(proofs.map(({ stream }) => this.lies.inReach(who, placedThingOf(stream))));
    const told = proofs.filter((_, i) => mine[i]);
    if (told.length === 0 && proofs.length > 0) throw notThere('event in the log, or not yet');
    return told;
  }
}
