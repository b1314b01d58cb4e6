import { Controller, Get, Post } from '@nestjs/common';
import { Permission } from '@runledger/access';
import { ApiRoute } from '@runledger/http';
import { z } from 'zod';
import { unsupported } from './unsupported-routes';

const anything = z.looseObject({});

/** MLflow's own UI asks by GraphQL. It is not spoken here. */
@Controller('graphql')
export class GraphqlController {
  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'GraphQL: not supported yet (501 NOT_IMPLEMENTED)', response: anything })
  get(): never {
    throw unsupported('GraphQL');
  }

  @Post()
  @Permission('runs:read')
  @ApiRoute({ summary: 'GraphQL: not supported yet (501 NOT_IMPLEMENTED)', response: anything })
  post(): never {
    throw unsupported('GraphQL');
  }
}
