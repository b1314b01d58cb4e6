import { Controller, Inject, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Batch, type Consumer, RethrowFilter } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { ROOM } from './room-token';

/** Lines that runs printed. */
@UseFilters(RethrowFilter)
@Controller()
export class ConsoleController {
  constructor(@Inject(ROOM) private readonly room: Consumer) {}

  @EventPattern(TOPICS.console.name)
  takeLines(batch: Batch): Promise<void> {
    return this.room.onBatch(batch);
  }
}
