import { isSealedText, PERSONAL_TAGS, type PersonalField } from '@runledger/contracts';

export type PersonalText = Readonly<{ text: string; of: PersonalField['of'] }>;

/** Tells texts apart by what they say and by whose they are. */
export const keyOfText = ({ text, of }: PersonalText): string => `${of} ${text}`;

type Members = Record<string, unknown>;
type Change = (text: string) => string;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changedAt(field: PersonalField, path: readonly string[], value: unknown, change: Change): unknown {
  const [member, ...rest] = path;
  if (member === undefined) return typeof value === 'string' ? change(value) : value;
  if (member === '*') {
    if (!Array.isArray(value)) return value;
    const isMeant = (item: unknown): boolean =>
      field.tagged !== true || (isMembers(item) && PERSONAL_TAGS.has(String(item['key'])));
    return value.map((item: unknown) => (isMeant(item) ? changedAt(field, rest, item, change) : item));
  }
  if (!isMembers(value) || !Object.hasOwn(value, member)) return value;
  return { ...value, [member]: changedAt(field, rest, value[member], change) };
}

/** What is to be sealed: a text that says something, and is not sealed yet. */
const isToSeal = (text: string): boolean => text !== '' && !isSealedText(text);

/** The texts of an event's personal fields. */
export function personalTexts(fields: readonly PersonalField[], data: unknown): PersonalText[] {
  const texts: PersonalText[] = [];
  for (const field of fields)
    changedAt(field, field.path, data, (text) => {
      if (isToSeal(text)) texts.push({ text, of: field.of });
      return text;
    });
  return texts;
}

/** The event's data with other texts in its personal fields; `sealed` has them by `keyOfText`. */
export function withPersonalTexts(
  fields: readonly PersonalField[],
  data: unknown,
  sealed: ReadonlyMap<string, string>,
): unknown {
  return fields.reduce(
    (changed, field) =>
      changedAt(field, field.path, changed, (text) => sealed.get(keyOfText({ text, of: field.of })) ?? text),
    data,
  );
}
