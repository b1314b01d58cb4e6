import { Controller, Inject, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Batch, type Consumer, RethrowFilter } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { ROOM } from './room-token';

/** Metric batches, many to a range. */
@UseFilters(RethrowFilter)
@Controller()
export class SeriesController {
  constructor(@Inject(ROOM) private readonly room: Consumer) {}

  @EventPattern(TOPICS.metrics.name)
  takeMetrics(batch: Batch): Promise<void> {
    return this.room.onBatch(batch);
  }
}
