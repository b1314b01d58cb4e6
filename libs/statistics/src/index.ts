export { type Feature, IMPORTANCE_METHOD, permutationImportance } from './forest-importance';
export { spearman } from './spearman';
