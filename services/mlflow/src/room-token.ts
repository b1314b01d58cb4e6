/** What the controllers are given: the MlflowRoom. */
export const MLFLOW_ROOM = Symbol('mlflow-room');
