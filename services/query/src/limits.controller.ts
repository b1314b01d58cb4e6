import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { holdsProject } from '@runledger/contracts';
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
    const { quotas, storage } = this.room;
    const kept = await storage.standings(who.workspace);
    const isReached = (project: string | null): boolean => project === null || holdsProject(who.projects, project);
    return { limits: quotas.quotas(who), storage: kept.filter(({ project }) => isReached(project)) };
  }
}
