import { uuidv7 } from '@runledger/kernel';
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

/** People, as their providers call them. Everything else knows them by a random id: to forget somebody is to delete a row. */
export function createPersonStore(source: DataSource) {
  return {
    /** The id of whom a provider vouches for; a new one at the first time. */
    async seen({ workspace, issuer, subject, name, email }: PersonSeen): Promise<string> {
      const [row]: Array<{ id: string }> = await source.query(
        `insert into custody.person (workspace, id, issuer, subject, name, email) values ($1, $2, $3, $4, $5, $6)
         on conflict (workspace, issuer, subject) do update set name = $5, email = $6, seen_at = now() returning id`,
        [workspace, uuidv7(), issuer, subject, name, email],
      );
      return (row as { id: string }).id;
    },

    /** Whose actor it is; null: no person's. */
    async byActor(workspace: string, actor: string): Promise<Person | null> {
      if (!actor.startsWith(actorOfPerson(''))) return null;
      const rows: Row[] = await source.query(`select ${COLUMNS} from custody.person where workspace = $1 and id = $2`, [
        workspace,
        actor.slice(actorOfPerson('').length),
      ]);
      return rows[0] === undefined ? null : personOf(rows[0]);
    },

    /** In the order in which they came. */
    async list(workspace: string): Promise<Person[]> {
      const rows: Row[] = await source.query(
        `select ${COLUMNS} from custody.person where workspace = $1 order by created_at, id limit 10000`,
        [workspace],
      );
      return rows.map(personOf);
    },
  };
}
export type PersonStore = ReturnType<typeof createPersonStore>;
