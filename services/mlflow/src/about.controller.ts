import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '@runledger/access';
import { ApiRoute } from '@runledger/http';
import { z } from 'zod';
import type { MlflowRoom } from './mlflow-room';
import { MLFLOW_ROOM } from './room-token';

/** The release of MLflow whose protocol this is. Clients compare it with their own. */
const MLFLOW_VERSION = '3.17.2';

const serverInfo = z.object({
  store_type: z.string(),
  workspaces_enabled: z.boolean(),
  trace_archival_enabled: z.boolean(),
  multipart_uploads_enabled: z.boolean(),
  multipart_downloads_enabled: z.boolean(),
  presigned_upload_run_id_supported: z.boolean(),
  presigned_upload_model_id_supported: z.boolean(),
  features_enabled: z.record(z.string(), z.boolean()),
});

/** What MLflow's clients ask before they log in. */
@Controller()
export class AboutController {
  constructor(@Inject(MLFLOW_ROOM) private readonly room: MlflowRoom) {}

  @Get('version')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Public()
  @ApiRoute({ summary: 'The version of MLflow that is spoken here', response: 'text/plain' })
  version(): string {
    return MLFLOW_VERSION;
  }

  @Get('health')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Public()
  @ApiRoute({ summary: 'The process is up, as MLflow says it', response: 'text/plain' })
  health(): string {
    return 'OK';
  }

  @Get(['api/3.0/mlflow/server-info', 'ajax-api/3.0/mlflow/server-info'])
  @Public()
  @ApiRoute({ summary: 'What of the protocol is spoken here', response: serverInfo })
  serverInfo(): z.output<typeof serverInfo> {
    const multipart = this.room.artifacts.direct !== null; // a client that is told so has no way back
    return {
      store_type: 'Runledger',
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: multipart,
      multipart_downloads_enabled: multipart,
      presigned_upload_run_id_supported: false,
      presigned_upload_model_id_supported: false,
      features_enabled: { gateway: false },
    };
  }
}
