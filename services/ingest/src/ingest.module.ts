import { type DynamicModule, Module } from '@nestjs/common';
import { ArtifactsController } from './artifacts.controller';
import { CommandsController } from './commands.controller';
import { FactsController } from './facts.controller';
import { INGEST_ROOM, type IngestPorts, openIngestRoom } from './ingest-room';

/** Both doors: facts are checked, stamped and published; commands are decided. The relay is started by whoever opens the ports. */
@Module({})
export class IngestModule {
  static register(ports: IngestPorts): DynamicModule {
    return {
      module: IngestModule,
      controllers: [FactsController, CommandsController, ArtifactsController],
      providers: [{ provide: INGEST_ROOM, useValue: openIngestRoom(ports) }],
    };
  }
}
