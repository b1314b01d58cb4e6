export { foldCatalog } from './fold-catalog';
export { foldFacts } from './fold-facts';
export { readDecisions, readFacts } from './read-messages';
