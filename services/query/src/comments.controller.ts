import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type CommentTarget, isEveryProject } from '@runledger/contracts';
import { commentAnswer, commentsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { commentAnswerOf } from './board-answers';
import { missingAs } from './missing-as';
import { type CommentsQuery, commentParams, commentsQuery, type FreshQuery, freshQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type Reply = FastifyReply;
const noComment = (): Fault => new Fault('missing', 'QUERY_NO_COMMENT', 'there is no such comment');

/** What a comment must be about; of a run, what is said of its charts is said of it, too. */
function aboutOf({ run, metric, model, version, board }: CommentsQuery): Readonly<Record<string, unknown>> | undefined {
  if (run !== undefined) return metric === undefined ? { id: run } : { kind: 'chart', id: run, metric };
  if (model !== undefined) return { kind: 'version', id: model, ...(version === undefined ? {} : { version }) };
  return board === undefined ? undefined : { kind: 'board', id: board };
}

@Controller('api/v1/comments')
export class CommentsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'Comments, the newest first: on a run and its charts, on versions of a model, on a dashboard, or of whom they name',
    query: commentsQuery,
    response: commentsAnswer,
  })
  async list(@Caller() who: Principal, @Query() query: CommentsQuery, @Res({ passthrough: true }) reply: Reply) {
    const { pages, metadata, settle } = this.room;
    const { workspace } = who;
    const { limit, page_token, mentions } = query;
    const about = aboutOf(query);
    const list = ['comments', workspace, JSON.stringify(about ?? null), mentions];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    if (!isEveryProject(who.projects)) {
      if (query.run === undefined)
        throw new Fault('invalid', 'QUERY_NEEDS_SCOPE', 'whoever is kept to projects names a run');
      await this.room.runOf(who, query.run);
    }
    const rows = await metadata.listComments(workspace, { about, mentions, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      comments: shown.map(commentAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  /** Versions of models and boards tell of the workspace as a whole. */
  async #reach(who: Principal, about: CommentTarget): Promise<void> {
    if (isEveryProject(who.projects)) return;
    if (about.kind !== 'run' && about.kind !== 'chart') throw noComment();
    await this.room.runOf(who, about.id);
  }

  @Get(':comment')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'One comment', params: commentParams, query: freshQuery, response: commentAnswer })
  async get(
    @Caller() who: Principal,
    @Params() { comment }: { comment: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { workspace } = who;
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getComment(workspace, comment);
    if (found === null) throw noComment();
    await this.#reach(who, found.value.about).catch(missingAs(noComment));
    return commentAnswerOf(found);
  }
}
