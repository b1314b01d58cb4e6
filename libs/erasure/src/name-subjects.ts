import { Fault } from '@runledger/kernel';
import { actorOfPerson, type PersonStore, subjectNamesOf } from '@runledger/people';
import { type PersonalData, subjectNamed, subjectOfActor } from '@runledger/personal';

/** Whom an erasure or a hold is about, as people say it. */
export type Naming = Readonly<{
  /** Ids of people who have signed in. */
  people: readonly string[];
  /** Actors that are no people, such as service accounts. */
  actors: readonly string[];
  /** What somebody is called in tags, as a host, a path, an owner … */
  texts: readonly string[];
  /** Also every sealed text of which one of `texts` is a part, whatever the case of its letters. */
  containing: boolean;
}>;
/** Random ids, and the texts that they stand for: to be shown to who asked, and kept nowhere. */
export type Named = Readonly<{ subjects: string[]; texts: string[] }>;

/** @throws Fault missing ERASURE_NO_PERSON */
async function namesOf(people: PersonStore, workspace: string, naming: Naming): Promise<Set<string>> {
  const names = new Set([...naming.actors.map(subjectOfActor), ...naming.texts.map(subjectNamed)]);
  for (const id of naming.people) {
    const person = await people.byActor(workspace, actorOfPerson(id));
    if (person === null) throw new Fault('missing', 'ERASURE_NO_PERSON', `nobody has signed in here by the id ${id}`);
    for (const name of subjectNamesOf(person)) names.add(name);
  }
  return names;
}

/** The subjects that have a key, of whom this names. */
export async function nameSubjects(
  { personal, people }: Readonly<{ personal: PersonalData; people: PersonStore }>,
  workspace: string,
  naming: Naming,
): Promise<Named> {
  const names = await namesOf(people, workspace, naming);
  const { subjects } = personal;
  const found = await Promise.all([...names].map((name) => subjects.named(workspace, name)));
  const parts = naming.texts.map((text) => text.toLowerCase()).filter((text) => text !== '');
  const isMeant = (text: string): boolean => parts.some((part) => text.toLowerCase().includes(part));
  const prefix = subjectNamed('');
  const more = naming.containing
    ? (await subjects.all(workspace)).filter(
        ({ name }) => name.startsWith(prefix) && isMeant(name.slice(prefix.length)),
      )
    : [];
  const all = new Map([...found, ...more].flatMap((one) => (one === null ? [] : [[one.whose, one.name] as const])));
  const texts = [...all.values()].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  return { subjects: [...all.keys()].toSorted(), texts: texts.toSorted() };
}
