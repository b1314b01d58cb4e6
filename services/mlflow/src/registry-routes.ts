import { LOGGED_MODEL_ROUTES } from './logged-models-routes';
import type { MlflowRoute } from './mlflow-route';
import { REGISTRY_MODEL_ROUTES } from './registry-model-routes';
import { REGISTRY_VERSION_ROUTES } from './registry-version-routes';

/** Registered models, their versions, and logged models. */
export const REGISTRY_ROUTES: readonly MlflowRoute[] = [
  ...REGISTRY_MODEL_ROUTES,
  ...REGISTRY_VERSION_ROUTES,
  ...LOGGED_MODEL_ROUTES,
];
