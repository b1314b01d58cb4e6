import { parseFilter, printFilter } from '@runledger/filter';
import { withoutPrompts } from './without-prompts';

const PROMPT = 'tags.`mlflow.prompt.is_prompt`';
const read = (text: string) => parseFilter(text, 'registered-model');

it.each(['', "name = 'a'", "tags.prompt = 'true' OR name = 'b'"])('leaves prompts out of %j', (text) => {
  expect(withoutPrompts(read(text))).toEqual({
    is: 'all',
    terms: [read(text), read(`NOT ${PROMPT} = 'true'`)],
  });
});

it.each([`${PROMPT} = 'true'`, `${PROMPT} != 'true'`, `name = 'a' AND (name = 'b' OR NOT ${PROMPT} IS NULL)`])(
  'changes nothing of %j',
  (text) => {
    expect(withoutPrompts(read(text))).toEqual(read(text));
  },
);

it('is a filter like any other', () => {
  const filter = withoutPrompts(read("name = 'a'"));
  expect(read(printFilter(filter))).toEqual(filter);
});
