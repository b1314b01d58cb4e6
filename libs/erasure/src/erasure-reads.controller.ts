import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { entityId } from '@runledger/contracts';
import { erasureReport, erasuresAnswer, holdsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params } from '@runledger/http';
import { z } from 'zod';
import { ERASURE_ROOM, type ErasureRoom } from './erasure-room';

/** What was erased and what is held. It names nobody. */
@Controller('api/v1')
export class ErasureReadsController {
  constructor(@Inject(ERASURE_ROOM) private readonly room: ErasureRoom) {}

  @Get('erasures')
  @Permission('admin')
  @ApiRoute({ summary: 'Requests to erase what is said of somebody, oldest first', response: erasuresAnswer })
  async erasures(@Caller() { workspace }: Principal) {
    return { erasures: await this.room.reports.list(workspace) };
  }

  @Get('erasures/:erasure')
  @Permission('admin')
  @ApiRoute({
    summary: 'What an erasure did, who decided it, where that stands in the ledger, and what left before as a file',
    params: z.strictObject({ erasure: entityId }),
    response: erasureReport,
  })
  report(@Caller() { workspace }: Principal, @Params() { erasure }: { erasure: string }) {
    return this.room.reports.report(workspace, erasure);
  }

  @Get('holds')
  @Permission('admin')
  @ApiRoute({ summary: 'Holds, which keep what is said of somebody from being erased', response: holdsAnswer })
  async holds(@Caller() { workspace }: Principal) {
    return { holds: await this.room.reports.holds(workspace) };
  }
}
