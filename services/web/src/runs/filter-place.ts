/** What the language of filters expects at some place of a text. */
export type Need = 'field' | 'comparator' | 'value' | 'joiner';
export type FilterPlace = Readonly<{
  need: Need;
  /** What stands there already, up to the cursor, and where it begins. */
  typed: string;
  from: number;
  /** The field that is compared, where one is, and by what. */
  field: string | null;
  comparator: string | null;
}>;

type State = Readonly<{ need: Need; field: string | null; comparator: string | null; isInList: boolean }>;
const START: State = { need: 'field', field: null, comparator: null, isInList: false };

/** A name with quoted parts, a text in quotes (which may not be closed yet), a sign, or what is left. */
const TOKEN = /(?:[^\s'"`=<>!(),]|`(?:[^`]|``)*`?|"(?:[^"]|"")*"?)+|'(?:[^']|'')*'?|!=|<=|>=|./gsu;

/** Where a filter stands after one more token. It is forgiving: the server says what is wrong. */
function after(state: State, token: string): State {
  const word = token.toUpperCase();
  switch (state.need) {
    case 'field':
      return word === 'NOT' || word === '(' ? state : { ...state, need: 'comparator', field: token };
    case 'comparator':
      if (word === 'NOT') return state;
      return { ...state, need: 'value', comparator: word, isInList: word === 'IN' };
    case 'value':
      if (state.comparator === 'IS') return word === 'NOT' ? state : { ...START, need: 'joiner' };
      if (state.isInList && word !== ')') return state;
      return { ...START, need: 'joiner' };
    case 'joiner':
      return word === 'AND' || word === 'OR' ? START : state;
    default:
      return state.need satisfies never;
  }
}

/** What is expected at the cursor. */
export function filterPlace(text: string, cursor: number): FilterPlace {
  let state = START;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const end = index + token.length;
    if (/^\s$/.test(token)) continue;
    if (index >= cursor) break;
    const isTyped = end >= cursor && !/^[(),]$/.test(token);
    if (isTyped) return placeOf(state, text.slice(index, cursor), index);
    state = after(state, token);
  }
  return placeOf(state, '', cursor);
}

const placeOf = ({ need, field, comparator }: State, typed: string, from: number): FilterPlace => ({
  need,
  typed,
  from,
  field,
  comparator,
});
