import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Public } from '@runledger/access';
import { ApiRoute, Params } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { assetParams, pageParams } from './query.schema';
import { WEB } from './room-token';
import type { WebPages } from './web-pages';

/** Places of the web interface. The browser finds its way from here; every other path is as missing as before. */
const PLACES = [
  '',
  'experiments',
  'runs',
  'compare',
  'models',
  'inventory',
  'lineage',
  'boards',
  'ledger',
  'operations',
  'retention',
  'terminal',
];
const FOREVER = 'public, max-age=31536000, immutable';

/** The web interface. What is served is the same for everybody, and tells nothing: data comes through the API with a key. */
@Controller()
export class PagesController {
  constructor(@Inject(WEB) private readonly web: WebPages) {}

  @Get([...PLACES, ...PLACES.filter((place) => place !== '').map((place) => `${place}/*`)])
  @Public()
  @ApiRoute({ summary: 'The web interface', params: pageParams, response: 'text/html' })
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    const { html, headers } = this.web.page();
    reply.headers(headers);
    return html;
  }

  @Get('assets/*')
  @Public()
  @ApiRoute({
    summary: 'A file of the web interface; its name changes with its content',
    params: assetParams,
    response: 'application/octet-stream',
  })
  async asset(@Params() { path }: { path: string }, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const file = this.web.asset(path);
    if (file === undefined) throw new Fault('missing', 'QUERY_NO_FILE', 'there is no such file');
    reply.headers({ 'content-type': file.type, 'cache-control': FOREVER, vary: 'accept-encoding' });
    if (!/\bgzip\b/.test(reply.request.headers['accept-encoding'] ?? '')) return file.bytes;
    reply.header('content-encoding', 'gzip');
    return file.gzipped();
  }
}
