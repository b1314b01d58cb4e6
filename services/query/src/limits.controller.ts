import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { limitsAnswer } from '@runledger/contracts/http';
import { ApiRoute } from '@runledger/http';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/limits')
export class LimitsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'What the caller may have, and what is left of it', response: limitsAnswer })
  async list(@Caller() who: Principal) {
    return { limits: this.room.quotas.quotas(who) };
  }
}
