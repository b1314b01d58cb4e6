import { SEALED_MARK } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { type PersonalData, subjectNamed, subjectOfActor } from '@runledger/personal';
import type { DataSource } from 'typeorm';

export type Person = Readonly<{
  person: string;
  issuer: string;
  subject: string;
  name: string | null;
  email: string | null;
  createdAt: string;
  seenAt: string;
}>;
export type PersonSeen = Readonly<{
  workspace: string;
  issuer: string;
  subject: string;
  name: string | null;
  email: string | null;
}>;

type Row = Omit<Person, 'createdAt' | 'seenAt'> & Readonly<{ created_at: Date; seen_at: Date }>;
const COLUMNS = 'id as person, issuer, subject, name, email, created_at, seen_at';

const personOf = ({ created_at, seen_at, ...row }: Row): Person => ({
  ...row,
  createdAt: created_at.toISOString(),
  seenAt: seen_at.toISOString(),
});

export const actorOfPerson = (person: string): string => `person/${person}`;

/** Names somebody to the keys of subjects. A provider's words for a person are hers, whatever else is known of her. */
const subjectAt = (issuer: string, subject: string): string => subjectNamed(`${issuer} ${subject}`);
const subjectOfPerson = (person: string): string => subjectOfActor(actorOfPerson(person));

/** All names by which subjects are hers: what she does, and what her provider calls her. */
export const subjectNamesOf = ({ person, issuer, subject, name, email }: Person): string[] => [
  subjectOfPerson(person),
  subjectAt(issuer, subject),
  ...[subject, name, email].flatMap((text) => (text === null ? [] : [subjectNamed(text)])),
];

/**
 * People, as their providers call them, sealed. Everything else knows them by a random id. The same words of a provider are the same
 * sealed text, which is how somebody is known again.
 */
export function createPersonStore(source: DataSource, personal: PersonalData) {
  async function opened(workspace: string, row: Row): Promise<Person> {
    const said = async (text: string | null): Promise<string | null> =>
      text === null ? null : personal.opened(workspace, text);
    const [subject, name, email] = await Promise.all([said(row.subject), said(row.name), said(row.email)]);
    return personOf({ ...row, subject: subject ?? '', name, email });
  }
  const sealed = async (workspace: string, person: string, text: string | null): Promise<string | null> =>
    text === null ? null : personal.seal(workspace, subjectOfPerson(person), text);

  return {
    /** The id of whom a provider vouches for; a new one at the first time. */
    async seen({ workspace, issuer, subject, name, email }: PersonSeen): Promise<string> {
      const called = await personal.seal(workspace, subjectAt(issuer, subject), subject);
      const [found]: Array<{ id: string }> = await source.query(
        `insert into custody.person (workspace, id, issuer, subject) values ($1, $2, $3, $4)
         on conflict (workspace, issuer, subject) do update set seen_at = now() returning id`,
        [workspace, uuidv7(), issuer, called],
      );
      const { id } = found as { id: string };
      await source.query('update custody.person set name = $3, email = $4 where workspace = $1 and id = $2', [
        workspace,
        id,
        await sealed(workspace, id, name),
        await sealed(workspace, id, email),
      ]);
      return id;
    },

    /** What is kept of a provider's word for a person; null where nobody was ever called so. */
    sealedSubject: (workspace: string, issuer: string, subject: string): Promise<string | null> =>
      personal.sealedAs(workspace, subjectAt(issuer, subject), subject),

    /** Whose actor it is; null: no person's. */
    async byActor(workspace: string, actor: string): Promise<Person | null> {
      if (!actor.startsWith(actorOfPerson(''))) return null;
      const rows: Row[] = await source.query(`select ${COLUMNS} from custody.person where workspace = $1 and id = $2`, [
        workspace,
        actor.slice(actorOfPerson('').length),
      ]);
      return rows[0] === undefined ? null : opened(workspace, rows[0]);
    },

    /** In the order in which they came. */
    async list(workspace: string): Promise<Person[]> {
      const rows: Row[] = await source.query(
        `select ${COLUMNS} from custody.person where workspace = $1 order by created_at, id limit 10000`,
        [workspace],
      );
      return Promise.all(rows.map((row) => opened(workspace, row)));
    },

    /**
     * Takes her name and address away, and signs her out everywhere. The row stays, so that her id says for ever that it was somebody; its sealed
     * texts are hers whose keys are destroyed. Who signs in by the same account afterwards is another person here.
     */
    async forget(workspace: string, person: string): Promise<void> {
      await source.query('update custody.person set name = null, email = null where workspace = $1 and id = $2', [
        workspace,
        person,
      ]);
      await source.query('delete from custody.local_account where workspace = $1 and person = $2', [workspace, person]);
      await source.query('delete from custody.session where workspace = $1 and actor = $2', [
        workspace,
        actorOfPerson(person),
      ]);
    },

    /** Seals the rows of releases that kept them in clear. Once more does nothing. */
    async sealOlder(): Promise<void> {
      const rows: Array<Row & { workspace: string }> = await source.query(
        `select workspace, ${COLUMNS} from custody.person where subject not like $1`,
        [`${SEALED_MARK}%`],
      );
      for (const { workspace, person, issuer, subject, name, email } of rows)
        await source.query(
          'update custody.person set subject = $3, name = $4, email = $5 where workspace = $1 and id = $2',
          [
            workspace,
            person,
            await personal.seal(workspace, subjectAt(issuer, subject), subject),
            await sealed(workspace, person, name),
            await sealed(workspace, person, email),
          ],
        );
    },
  };
}
export type PersonStore = ReturnType<typeof createPersonStore>;
