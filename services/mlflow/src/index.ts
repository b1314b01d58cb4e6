export { mlflowSettings } from './mlflow.config';
export { MlflowModule } from './mlflow.module';
export { MLFLOW_ERRORS } from './mlflow-errors';
export type { MlflowPorts } from './mlflow-room';
