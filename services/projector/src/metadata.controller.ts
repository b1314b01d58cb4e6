import { Controller, Inject, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Batch, type Consumer, RethrowFilter } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { ROOM } from './room-token';

/** Facts and decisions, batch by batch. */
@UseFilters(RethrowFilter)
@Controller()
export class MetadataController {
  constructor(@Inject(ROOM) private readonly room: Consumer) {}

  @EventPattern(TOPICS.runs.name)
  takeFacts(batch: Batch): Promise<void> {
    return this.room.onBatch(batch);
  }

  @EventPattern(TOPICS.catalog.name)
  takeDecisions(batch: Batch): Promise<void> {
    return this.room.onBatch(batch);
  }
}
