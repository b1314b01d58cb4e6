import type { DynamicModule } from '@nestjs/common';
import { AboutController } from './about.controller';
import { ArtifactController } from './artifact.controller';
import { ArtifactPagesController } from './artifact-pages.controller';
import { GraphqlController } from './graphql.controller';
import { MlflowController } from './mlflow.controller';
import { type MlflowPorts, openMlflowRoom } from './mlflow-room';
import { MLFLOW_ROOM } from './room-token';

/** MLflow's protocol, translated to the doors and reads that everybody else uses. It holds no state of its own. */
export class MlflowModule {
  static register(ports: MlflowPorts): DynamicModule {
    return {
      module: MlflowModule,
      controllers: [MlflowController, ArtifactController, ArtifactPagesController, AboutController, GraphqlController],
      providers: [{ provide: MLFLOW_ROOM, useValue: openMlflowRoom(ports) }],
    };
  }
}
