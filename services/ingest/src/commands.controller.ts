import { Controller, Inject, Post, type Type } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { ApiRoute, type Body, RawBody } from '@runledger/http';
import { ACCOUNT_COMMANDS } from './account-commands';
import { BOARD_COMMANDS } from './board-commands';
import { COMMAND_LIMIT, type CommandRoute } from './command-route';
import { EXPERIMENT_COMMANDS } from './experiment-commands';
import { GOVERNANCE_COMMANDS } from './governance-commands';
import { GRANT_COMMANDS } from './grant-commands';
import { INGEST_ROOM, type IngestRoom } from './ingest-room';
import { KEY_COMMANDS } from './key-commands';
import { LOGGED_MODEL_COMMANDS } from './logged-model-commands';
import { MODEL_COMMANDS, VERSION_COMMANDS } from './model-commands';
import { NOTE_COMMANDS } from './note-commands';
import { PROJECT_COMMANDS } from './project-commands';
import { TRUST_COMMANDS } from './trust-commands';
import { WEBHOOK_COMMANDS } from './webhook-commands';

type Routes = { room: IngestRoom };

/** Gives a controller one method more, as if it were written in its class. */
function addRoute(controller: Type<Routes>, route: CommandRoute): void {
  const { name, summary, permission, level, fields, answer } = route;
  const of = controller.prototype as Routes & Record<string, unknown>;
  of[name] = function run(this: Routes, body: Body, who: Principal): Promise<unknown> {
    return route.run(this.room, who, body);
  };
  const body = { types: { 'application/json': fields }, limit: COMMAND_LIMIT };
  const method = Object.getOwnPropertyDescriptor(of, name) as PropertyDescriptor;
  for (const decorate of [Post(name), Permission(permission, level), ApiRoute({ summary, body, response: answer })])
    decorate(of, name, method);
  RawBody()(of, name, 0);
  Caller()(of, name, 1);
}

/** The second door. A command is a line of a table, and a route of its own in the description of the API. */
@Controller('api/v1/commands')
export class CommandsController {
  constructor(@Inject(INGEST_ROOM) readonly room: IngestRoom) {}
}
const COMMANDS = [
  PROJECT_COMMANDS,
  EXPERIMENT_COMMANDS,
  MODEL_COMMANDS,
  VERSION_COMMANDS,
  LOGGED_MODEL_COMMANDS,
  NOTE_COMMANDS,
  BOARD_COMMANDS,
  GOVERNANCE_COMMANDS,
  WEBHOOK_COMMANDS,
  ACCOUNT_COMMANDS,
  KEY_COMMANDS,
  GRANT_COMMANDS,
  TRUST_COMMANDS,
];
for (const route of COMMANDS.flat()) addRoute(CommandsController, route);
