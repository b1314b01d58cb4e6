import { type DynamicModule, Module } from '@nestjs/common';
import { LocalAccountsController } from './local-accounts.controller';
import { PeopleController } from './people.controller';
import { openPeopleRoom, PEOPLE_ROOM, type PeoplePorts } from './people-room';
import { SignInController } from './sign-in.controller';
import { TokenController } from './token.controller';

/** Signing in and out, and who is who. It is served beside the door for commands, by which sign-ins become part of the record. */
@Module({})
export class PeopleModule {
  static register(ports: PeoplePorts): DynamicModule {
    return {
      module: PeopleModule,
      controllers: [SignInController, PeopleController, TokenController, LocalAccountsController],
      providers: [{ provide: PEOPLE_ROOM, useValue: openPeopleRoom(ports) }],
    };
  }
}
