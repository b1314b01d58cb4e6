import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Known, Permission, type Principal } from '@runledger/access';
import { meAnswer, peopleAnswer } from '@runledger/contracts/http';
import { ApiRoute } from '@runledger/http';
import { PEOPLE_ROOM, type PeopleRoom } from './people-room';

/** Who somebody is. Names and addresses of people are told to themselves, and to who may read who may what. */
@Controller('api/v1')
export class PeopleController {
  constructor(@Inject(PEOPLE_ROOM) private readonly room: PeopleRoom) {}

  @Get('me')
  @Known()
  @ApiRoute({ summary: 'Who the caller is, and what he may do where', response: meAnswer })
  async me(@Caller() { workspace, actor, permissions }: Principal) {
    const person = await this.room.people.byActor(workspace, actor);
    return {
      workspace,
      actor,
      name: person?.name ?? null,
      email: person?.email ?? null,
      permissions: [...permissions].map(([permission, projects]) => ({ permission, projects })),
    };
  }

  @Get('people')
  @Permission('access:read')
  @ApiRoute({ summary: 'People who have signed in, in the order in which they came', response: peopleAnswer })
  async people(@Caller() { workspace }: Principal) {
    return { people: await this.room.people.list(workspace) };
  }
}
