export { openProjector, type ProjectorPorts } from './open-projector';
