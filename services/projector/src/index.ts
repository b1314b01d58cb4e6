export { projectorSettings } from './projector.config';
export { openProjector, type ProjectorPorts } from './projector.module';
