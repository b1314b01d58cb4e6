import type { DynamicModule } from '@nestjs/common';
import { AccessController } from './access.controller';
import { ArtifactsController } from './artifacts.controller';
import { BoardsController } from './boards.controller';
import { ChangesController } from './changes.controller';
import { CommentsController } from './comments.controller';
import { CompareController } from './compare.controller';
import { ConsoleController } from './console.controller';
import { CurvesController } from './curves.controller';
import { ExperimentsController } from './experiments.controller';
import { ExpiredController } from './expired.controller';
import { ExportController } from './export.controller';
import { FingerprintsController } from './fingerprints.controller';
import { GovernanceController } from './governance.controller';
import { InventoryController } from './inventory.controller';
import { LimitsController } from './limits.controller';
import { LineageController } from './lineage.controller';
import { LiveController } from './live.controller';
import { LoggedModelsController } from './logged-models.controller';
import { MetricNamesController } from './metric-names.controller';
import { ModelsController } from './models.controller';
import { NotesController } from './notes.controller';
import { ObjectivesController } from './objectives.controller';
import { PagesController } from './pages.controller';
import { PositionsController } from './positions.controller';
import { ProjectsController } from './projects.controller';
import type { QueryPorts } from './query-ports';
import { openQueryRoom } from './query-room';
import { ReceiptsController } from './receipts.controller';
import { ROOM, WEB } from './room-token';
import { RunHistoryController } from './run-history.controller';
import { RunResultsController } from './run-results.controller';
import { RunsController } from './runs.controller';
import { SearchController } from './search.controller';
import { SeriesController } from './series.controller';
import { SqlController } from './sql.controller';
import { StorageController } from './storage.controller';
import { ViewsController } from './views.controller';
import { WebhooksController } from './webhooks.controller';

/** The read side. It never writes. */
export class QueryModule {
  static register(ports: QueryPorts): DynamicModule {
    return {
      module: QueryModule,
      controllers: [
        ProjectsController,
        ModelsController,
        LoggedModelsController,
        ExperimentsController,
        RunsController,
        BoardsController,
        CommentsController,
        NotesController,
        ViewsController,
        SeriesController,
        ConsoleController,
        CurvesController,
        CompareController,
        FingerprintsController,
        LineageController,
        LiveController,
        SearchController,
        MetricNamesController,
        ArtifactsController,
        PositionsController,
        ReceiptsController,
        StorageController,
        LimitsController,
        SqlController,
        ExpiredController,
        ExportController,
        WebhooksController,
        ChangesController,
        AccessController,
        ObjectivesController,
        RunResultsController,
        RunHistoryController,
        GovernanceController,
        InventoryController,
        ...(ports.web === undefined ? [] : [PagesController]),
      ],
      providers: [
        { provide: ROOM, useValue: openQueryRoom(ports) },
        { provide: WEB, useValue: ports.web ?? null },
      ],
    };
  }
}
