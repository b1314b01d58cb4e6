import { DECISIONS, type EventSpec, FACTS, isPersonal, PERSONAL_FIELDS, readEvent } from './index';

const SPECS: Readonly<Record<string, EventSpec>> = { ...FACTS, ...DECISIONS };

type Def = Readonly<{
  type: string;
  shape?: Record<string, Schema>;
  element?: Schema;
  innerType?: Schema;
  options?: Schema[];
  in?: Schema;
}>;
type Schema = Readonly<{ _zod: Readonly<{ def: Def }> }>;

/** Paths of all fields of a schema that are marked as telling of people. */
function markedPaths(schema: Schema, path: readonly string[] = []): string[] {
  if (isPersonal(schema)) return [path.join('.')];
  const { shape, element, innerType, options, in: input } = schema._zod.def;
  return [
    ...Object.entries(shape ?? {}).flatMap(([name, member]) => markedPaths(member, [...path, name])),
    ...(element === undefined ? [] : markedPaths(element, [...path, '*'])),
    ...[innerType, input, ...(options ?? [])].flatMap((inner) => (inner === undefined ? [] : markedPaths(inner, path))),
  ];
}

it('names every field that is marked, and no other', () => {
  const marked = Object.entries(SPECS).flatMap(([type, { data }]) =>
    markedPaths(data as unknown as Schema).map((path) => `${type} ${path}`),
  );
  const named = Object.entries(PERSONAL_FIELDS).flatMap(([type, fields]) =>
    fields.map(({ path }) => `${type} ${path.join('.')}`),
  );
  expect(named.toSorted()).toEqual(marked.toSorted());
});

it('takes a sealed text where the text itself would be too long, and refuses other long texts in words of their own', () => {
  const event = (host: string) => ({ id: 'e', type: 'environment.recorded', time: '', dataversion: 1, data: { host } });
  const spec = SPECS['environment.recorded'] as EventSpec;
  const sealed = `sealed~1~${'a'.repeat(22)}~${'b'.repeat(500)}~`;
  expect(readEvent(spec, event(sealed)).data).toMatchObject({ host: sealed });
  expect(() => readEvent(spec, event('h'.repeat(256)))).toThrow(
    expect.objectContaining({
      code: 'CONTRACTS_BAD_DATA',
      cause: expect.objectContaining({ issues: [expect.objectContaining({ code: 'too_big' })] }),
    }),
  );
});
