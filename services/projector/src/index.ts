export { createCheckMetrics } from './check-metrics';
export { PROJECTION_VERSIONS } from './projection-versions';
export { projectorSettings } from './projector.config';
export { openProjector, type ProjectorPorts } from './projector.module';
export { openUpkeep, UpkeepModule } from './upkeep.module';
