import { type DynamicModule, Module } from '@nestjs/common';
import { ErasureController } from './erasure.controller';
import { ErasureReadsController } from './erasure-reads.controller';
import { ERASURE_ROOM, type ErasurePorts, openErasureRoom } from './erasure-room';
import { RetentionController } from './retention.controller';

/** Erasures, holds, and how long projects keep. It is served beside the door for commands. */
@Module({})
export class ErasureModule {
  static register(ports: ErasurePorts): DynamicModule {
    return {
      module: ErasureModule,
      controllers: [ErasureController, ErasureReadsController, RetentionController],
      providers: [{ provide: ERASURE_ROOM, useValue: openErasureRoom(ports) }],
    };
  }
}
