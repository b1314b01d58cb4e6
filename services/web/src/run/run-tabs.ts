/** Parts of a run's page, as its address names them. */
export const RUN_TABS = [
  'charts',
  'overview',
  'objectives',
  'params',
  'artifacts',
  'lineage',
  'console',
  'history',
  'comments',
] as const;
export type RunTab = (typeof RUN_TABS)[number];
