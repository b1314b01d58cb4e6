import { Controller, Inject, Post } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { encodePositionToken } from '@runledger/contracts';
import { type ExperimentCommand, experimentSubject } from '@runledger/domain';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody, type RouteSpec } from '@runledger/http';
import { uuidv7 } from '@runledger/kernel';
import type { z } from 'zod';
import { experimentRules } from './experiment-rules';
import { COMMAND_LIMIT, COMMANDS, type CommandName, commanded } from './ingest.schema';
import { INGEST_ROOM, type IngestRoom } from './ingest-room';
import { commandDigest, runCommand } from './run-command';

type Commanded = z.output<typeof commanded>;

const commandRoute = (name: CommandName, summary: string): RouteSpec => ({
  summary,
  body: { types: { 'application/json': COMMANDS[name] }, limit: COMMAND_LIMIT },
  response: commanded,
});

const read = <S extends z.ZodType>(schema: S, { bytes }: Body): z.output<S> =>
  checkInput(schema, parseStrictJson(bytes), 'body');

/** The second door. Parse, run, answer; what may be refused is decided in libs/domain. */
@Controller('api/v1/commands')
export class CommandsController {
  constructor(@Inject(INGEST_ROOM) private readonly room: IngestRoom) {}

  @Post('create-experiment')
  @Permission('commands:write')
  @ApiRoute(commandRoute('create-experiment', 'Create an experiment under a name that is unique in the workspace'))
  create(@RawBody() body: Body, @Caller() who: Principal): Promise<Commanded> {
    const fields = read(COMMANDS['create-experiment'], body);
    const { experiment = uuidv7(), project, name: as, tags } = fields;
    return this.#run(who, fields, { name: 'create-experiment', experiment, project, as, tags });
  }

  @Post('rename-experiment')
  @Permission('commands:write')
  @ApiRoute(commandRoute('rename-experiment', 'Give an experiment another name'))
  rename(@RawBody() body: Body, @Caller() who: Principal): Promise<Commanded> {
    const fields = read(COMMANDS['rename-experiment'], body);
    return this.#run(who, fields, { name: 'rename-experiment', experiment: fields.experiment, to: fields.name });
  }

  @Post('delete-experiment')
  @Permission('commands:write')
  @ApiRoute(commandRoute('delete-experiment', 'Put an experiment away; it keeps its name'))
  delete(@RawBody() body: Body, @Caller() who: Principal): Promise<Commanded> {
    const fields = read(COMMANDS['delete-experiment'], body);
    return this.#run(who, fields, { name: 'delete-experiment', experiment: fields.experiment });
  }

  @Post('restore-experiment')
  @Permission('commands:write')
  @ApiRoute(commandRoute('restore-experiment', 'Bring a deleted experiment back'))
  restore(@RawBody() body: Body, @Caller() who: Principal): Promise<Commanded> {
    const fields = read(COMMANDS['restore-experiment'], body);
    return this.#run(who, fields, { name: 'restore-experiment', experiment: fields.experiment });
  }

  async #run(
    { workspace, actor }: Principal,
    { id = uuidv7(), ...asked }: Readonly<{ id?: string | undefined }>,
    command: ExperimentCommand,
  ): Promise<Commanded> {
    const { log, journal } = this.room;
    const { journalseq, result } = await runCommand(journal, experimentRules, {
      workspace,
      actor,
      subject: experimentSubject(command.experiment),
      id,
      name: command.name,
      digest: commandDigest(command.name, asked),
      command,
    });
    const position = encodePositionToken({
      incarnation: log.incarnation,
      log: [],
      journal: [{ workspace, journalseq }],
    });
    return { command: id, result: result as Commanded['result'], position };
  }
}
