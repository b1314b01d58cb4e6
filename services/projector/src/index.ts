export { openProjector, type ProjectorPorts } from './open-projector';
export { projectorSettings } from './projector.config';
