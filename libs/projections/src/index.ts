export { foldCatalog } from './fold-catalog';
export { foldFacts } from './fold-facts';
export { readConsole, readDecisions, readFacts } from './read-messages';
