import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { checkpointsAnswer, ledgerAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import { parseVerifierKey } from '@runledger/merkle';
import type { Delivery } from '@runledger/postgres';
import { z } from 'zod';
import { NOTARY_ROOM, type NotaryRoom } from './notary-room';

const checkpointsQuery = z.strictObject({
  below: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .describe('only of fewer leaves than this'),
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .default('100')
    .transform(Number)
    .pipe(z.int().min(1).max(1_000)),
});

type Checkpoint = Readonly<{ size: number; root: Buffer; note: string; signedAt: number }>;

const timeOf = (ms: number): string => new Date(ms).toISOString();
const checkpointOf = ({ size, root, note, signedAt }: Checkpoint) => ({
  size,
  root: root.toString('hex'),
  signedAt: timeOf(signedAt),
  note,
});
const destinationOf = ({ size, deliveredAt, fault, failingSince }: Delivery) => ({
  size,
  deliveredAt: deliveredAt === null ? null : timeOf(deliveredAt),
  fault,
  failingSince: failingSince === null ? null : timeOf(failingSince),
});

/** A path or the query of a URL may hold what is nobody's business. */
function placeOf({ kind, sink }: Delivery): string {
  if (kind === 'url') return new URL(sink).host;
  return kind === 'bucket' ? (/^s3:\/\/([^/]+)/.exec(sink)?.[1] ?? '') : '';
}

/** How it stands with the log of the workspace, for people and for pages. */
@Controller('api/v1')
export class LedgerController {
  constructor(@Inject(NOTARY_ROOM) private readonly room: NotaryRoom) {}

  @Get('ledger')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'The log of the workspace: its newest checkpoint, its key, and who else has checkpoints of it',
    response: ledgerAnswer,
  })
  async ledger(@Caller() { workspace }: Principal) {
    const head = await this.room.log(workspace);
    const { verifierKey, nextVerifierKey } = head;
    const deliveries = await this.room.deliveries(workspace);
    return {
      workspace,
      origin: parseVerifierKey(verifierKey).name,
      verifierKeys: [verifierKey, ...(nextVerifierKey === null ? [] : [nextVerifierKey])],
      head: checkpointOf(head),
      sinks: deliveries.flatMap((one) =>
        one.kind === null || one.kind === 'witness'
          ? []
          : [{ kind: one.kind, place: placeOf(one), ...destinationOf(one) }],
      ),
      witnesses: deliveries.flatMap((one) =>
        one.kind === 'witness'
          ? [{ name: parseVerifierKey(one.sink).name, verifierKey: one.sink, ...destinationOf(one) }]
          : [],
      ),
    };
  }

  @Get('checkpoints')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Published checkpoints, the newest first',
    query: checkpointsQuery,
    response: checkpointsAnswer,
  })
  async checkpoints(@Caller() { workspace }: Principal, @Query() query: z.output<typeof checkpointsQuery>) {
    const found = await this.room.reads.checkpoints(workspace, { below: query.below, limit: query.limit });
    return { checkpoints: found.map(checkpointOf) };
  }
}
