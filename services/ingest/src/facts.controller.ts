import { Controller, Headers, Inject, Post } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { checkMetricBatch, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { ApiRoute, type Body, parseStrictJson, RawBody } from '@runledger/http';
import type { z } from 'zod';
import { acceptDrafts } from './accept';
import { accepted, columnsBody, EVENTS_LIMIT, eventsBody, METRICS_LIMIT } from './ingest.schema';
import { INGEST_ROOM, type IngestRoom } from './ingest-room';
import { keepFromDeleting } from './keep-from-deleting';
import { keepToReach } from './keep-to-reach';
import { readColumns } from './read-columns';
import { readDrafts } from './read-drafts';
import { stampOf } from './stamp';

type Accepted = z.output<typeof accepted>;

/** The first door. Read, check, publish, answer: nothing else may happen here. */
@Controller('api/v1')
export class FactsController {
  constructor(@Inject(INGEST_ROOM) private readonly room: IngestRoom) {}

  @Post('events')
  @Permission('events:write', 'project')
  @ApiRoute({
    summary: 'Record facts about runs, all of them or none',
    status: 202,
    body: { types: { 'application/json': eventsBody, 'application/x-ndjson': 'binary' }, limit: EVENTS_LIMIT },
    response: accepted,
  })
  async events(
    @RawBody() { mediaType, bytes }: Body,
    @Caller() who: Principal,
    @Headers('traceparent') traceparent: string | undefined,
  ): Promise<Accepted> {
    const { records, accepted, about } = acceptDrafts(readDrafts(mediaType, bytes), stampOf(who, traceparent));
    await keepToReach(this.room.places, who, about);
    await keepFromDeleting(this.room, who, about);
    return { accepted, position: await this.room.publish(records) };
  }

  @Post('metrics')
  @Permission('events:write', 'project')
  @ApiRoute({
    summary: 'Record one batch of metric points of one run',
    status: 202,
    body: {
      types: { 'application/x-protobuf': 'binary', 'application/protobuf': 'binary', 'application/json': columnsBody },
      limit: METRICS_LIMIT,
    },
    response: accepted,
  })
  async metrics(
    @RawBody() { mediaType, bytes }: Body,
    @Caller() who: Principal,
    @Headers('traceparent') traceparent: string | undefined,
  ): Promise<Accepted> {
    // A batch that comes as protobuf is published in the bytes that it came in.
    const json = mediaType === 'application/json';
    const value = json ? writeMetricBatch(readColumns(parseStrictJson(bytes), Date.now())) : bytes;
    const batch = checkMetricBatch(value);
    await keepToReach(this.room.places, who, [{ run: batch.run, events: [] }]);
    await this.room.quotas.takeSeries(who, batch.run, batch.keys);
    await this.room.quotas.take(who, 'points', batch.points);
    const record = metricRecord(batch, value, stampOf(who, traceparent));
    return { accepted: batch.points, position: await this.room.publish([record]) };
  }
}
