export { type RowOfDecision, rowsOfDecisions } from './decision-rows';
export { foldCatalog } from './fold-catalog';
export { foldFacts } from './fold-facts';
export { readConsole, readDecisions, readFacts } from './read-messages';
