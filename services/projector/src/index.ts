export { projectorSettings } from './projector.config';
export { openProjector, type ProjectorPorts } from './projector.module';
export { UpkeepModule } from './upkeep.module';
