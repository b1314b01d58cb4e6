import type { DynamicModule } from '@nestjs/common';
import { LettersController } from './letters.controller';
import { openUpkeepRoom, UPKEEP, type UpkeepPorts } from './upkeep-room';

/** What people ask of the projections' upkeep. */
export class UpkeepModule {
  static register(ports: UpkeepPorts): DynamicModule {
    return {
      module: UpkeepModule,
      controllers: [LettersController],
      providers: [{ provide: UPKEEP, useValue: openUpkeepRoom(ports) }],
    };
  }
}
