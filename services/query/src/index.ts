export { querySettings } from './query.config';
export { QueryModule } from './query.module';
export type { QueryPorts } from './query-ports';
export { openWebPages, type WebPages } from './web-pages';
