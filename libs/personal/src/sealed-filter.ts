import { PERSONAL_TAGS } from '@runledger/contracts';
import { type Entity, type Filter, matches, type Test } from '@runledger/filter';
import { type PersonalData, subjectNamed } from './personal-data';
import { sealText } from './sealed-texts';

/** Of a run: what its tag `mlflow.user` says. */
const PERSONAL_ATTRIBUTES: ReadonlySet<string> = new Set(['user_id']);

const isAboutPeople = ({ field }: Test): boolean =>
  field.part === 'tag'
    ? PERSONAL_TAGS.has(field.key)
    : field.part === 'attribute' && PERSONAL_ATTRIBUTES.has(field.key);

const passes = (test: Test, text: string, entity: Entity): boolean =>
  matches({ attributes: { [test.field.key]: text }, tags: new Map([[test.field.key, text]]) }, test, entity);

/** A text that some tag may hold, and how it is stored. */
type Known = Readonly<{ text: string; sealed: string }>;

async function sealedOf(personal: PersonalData, workspace: string, texts: readonly string[]): Promise<string[]> {
  const subjects = await Promise.all(
    texts.map(async (text) => ({ text, subject: await personal.subjects.named(workspace, subjectNamed(text)) })),
  );
  return subjects.flatMap(({ text, subject }) => (subject === null ? [] : [sealText(subject, text)]));
}

/** All texts of the workspace that name somebody: as many as there are people, machines and programs. */
async function allKnown(personal: PersonalData, workspace: string): Promise<Known[]> {
  const prefix = subjectNamed('');
  return (await personal.subjects.all(workspace)).flatMap((subject) => {
    if (!subject.name.startsWith(prefix)) return [];
    const text = subject.name.slice(prefix.length);
    return [{ text, sealed: sealText(subject, text) }];
  });
}

/**
 * A filter that finds what it found when texts about people were stored as they are said: what it compares them with is looked up among
 * the sealed ones. Texts that were stored before anything was sealed are found as before.
 */
export async function sealedFilter(
  personal: PersonalData,
  workspace: string,
  filter: Filter,
  entity: Entity,
): Promise<Filter> {
  switch (filter.is) {
    case 'all':
    case 'any': {
      const terms = await Promise.all(filter.terms.map((term) => sealedFilter(personal, workspace, term, entity)));
      return { ...filter, terms };
    }
    case 'not':
      return { ...filter, term: await sealedFilter(personal, workspace, filter.term, entity) };
    case 'absent':
    case 'number':
      return filter;
    default:
      return isAboutPeople(filter) ? sealedTest(personal, workspace, filter, entity) : filter;
  }
}

async function sealedTest(
  personal: PersonalData,
  workspace: string,
  test: Exclude<Test, { is: 'absent' | 'number' }>,
  entity: Entity,
): Promise<Filter> {
  const { field } = test;
  if (test.is === 'match') {
    const known = await allKnown(personal, workspace);
    const values = known.filter(({ text }) => passes(test, text, entity)).map(({ sealed }) => sealed);
    const all = known.map(({ sealed }) => sealed);
    const isSaid: Filter = { is: 'all', terms: [test, { is: 'among', field, values: all, negated: true }] };
    return { is: 'any', terms: [isSaid, { is: 'among', field, values, negated: false }] };
  }
  const said = test.is === 'text' ? [test.value] : test.values;
  const negated = test.is === 'text' ? test.comparator === '!=' : test.negated;
  return { is: 'among', field, values: [...said, ...(await sealedOf(personal, workspace, said))], negated };
}
