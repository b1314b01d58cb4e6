import { Readable } from 'node:stream';
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal, stillAdmitted } from '@runledger/access';
import { parseFilter } from '@runledger/filter';
import { ApiRoute, exactJson, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import type { LiveEvent } from './live-feed';
import { type LiveQuery, liveQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** Bytes that wait for a slow reader here; what moves meanwhile waits as state, and not as events. */
const WAITING_BYTES = 4_096;

async function* asText(events: AsyncIterable<LiveEvent | null>): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  for await (const one of events)
    yield one === null ? ': alive\n\n' : `id: ${one.id}\nevent: ${one.event}\ndata: ${exactJson(one.data)}\n\n`;
}

/** A feed is open for hours; with the key, the session or the grant that let its reader in, it ends. He is told nothing: he asks again, and is refused. */
const ASK_AGAIN_MS = 1_500;

function endWithAccess(request: object, gone: AbortController): void {
  const timer = setInterval(() => {
    void stillAdmitted(request).then((is) => {
      if (!is) gone.abort();
    });
  }, ASK_AGAIN_MS).unref();
  gone.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

@Controller('api/v1/live')
export class LiveController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  /** Server-sent events (HTML Living Standard, 9.2). */
  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'Who moves, and up to where: some runs, those of an experiment, those that a search finds, or all; Last-Event-ID goes on without a gap',
    query: liveQuery,
    response: 'text/event-stream',
  })
  follow(
    @Caller() who: Principal,
    @Query() { run, experiment, filter, key }: LiveQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const gone = new AbortController();
    const question = {
      reach: { workspace: who.workspace, projects: who.projects },
      runs: run,
      experiment,
      filter: filter === undefined ? undefined : parseFilter(filter, 'run'),
      keys: key,
      lastEventId,
    };
    const events = this.room.live.follow(question, gone.signal);
    reply.raw.once('close', () => gone.abort());
    endWithAccess(reply.request, gone);
    const stream = Readable.from(asText(events), { objectMode: false, highWaterMark: WAITING_BYTES });
    reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no').send(stream);
  }
}
