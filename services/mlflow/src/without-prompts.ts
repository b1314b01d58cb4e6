import type { Filter } from '@runledger/filter';

/** MLflow keeps prompts among the registered models, and tells them by this tag. */
const PROMPT_TAG = 'mlflow.prompt.is_prompt';

const PROMPTS: Filter = {
  is: 'text',
  field: { part: 'tag', key: PROMPT_TAG },
  comparator: '=',
  value: 'true',
};

function asksForPrompts(filter: Filter): boolean {
  switch (filter.is) {
    case 'all':
    case 'any':
      return filter.terms.some(asksForPrompts);
    case 'not':
      return asksForPrompts(filter.term);
    default:
      return filter.field.part === 'tag' && filter.field.key === PROMPT_TAG;
  }
}

/** Pure. Whoever searches the registry means models, unless the filter itself speaks of prompts. */
export const withoutPrompts = (filter: Filter): Filter =>
  asksForPrompts(filter) ? filter : { is: 'all', terms: [filter, { is: 'not', term: PROMPTS }] };
