import type { DataSource } from 'typeorm';

/** Somebody who signs in by a password of this server; `person` is what grants and events call him. */
export type LocalAccountRow = Readonly<{
  name: string;
  workspace: string;
  person: string;
  /** What is kept of the password. */
  password: string;
}>;
export type LocalAccountListed = Readonly<{
  name: string;
  person: string;
  createdAt: string;
  changedAt: string;
  /** RFC 3339; null: it is not locked. */
  lockedUntil: string | null;
}>;

/** So many wrong passwords are free; each further one locks for twice as long as the one before, a quarter of an hour at most. */
const FREE_FAILURES = 5;
const FIRST_LOCK_S = 15;
const LONGEST_LOCK_S = 900;

type Listed = Readonly<{ name: string; person: string; created_at: Date; changed_at: Date; locked_until: Date | null }>;

/** custody.local_account. The row without a name stands for every name that there is not. */
export function createLocalAccountStore(source: DataSource) {
  return {
    /** Makes an account, or gives it another password; either way it is locked no more. False: the name is another workspace's. */
    async set({ name, workspace, person, password }: LocalAccountRow): Promise<boolean> {
      const rows: unknown[] = await source.query(
        `insert into custody.local_account as a (name, workspace, person, password) values ($1, $2, $3, $4)
         on conflict (name) do update set password = $4, failures = 0, locked_until = null, changed_at = now()
         where a.workspace = $2 returning name`,
        [name, workspace, person, password],
      );
      return rows.length > 0;
    },

    async isTaken(workspace: string, name: string): Promise<boolean> {
      const rows: unknown[] = await source.query(
        'select from custody.local_account where name = $2 and workspace <> $1',
        [workspace, name],
      );
      return rows.length > 0;
    },

    async find(workspace: string, name: string): Promise<LocalAccountRow | null> {
      const rows: LocalAccountRow[] = await source.query(
        `select name, workspace, person, password from custody.local_account where workspace = $1 and name = $2`,
        [workspace, name],
      );
      return rows[0] ?? null;
    },

    async remove(workspace: string, name: string): Promise<void> {
      await source.query('delete from custody.local_account where workspace = $1 and name = $2', [workspace, name]);
    },

    /** By name. */
    async list(workspace: string): Promise<LocalAccountListed[]> {
      const rows: Listed[] = await source.query(
        `select name, person, created_at, changed_at, locked_until from custody.local_account where workspace = $1 order by name`,
        [workspace],
      );
      return rows.map(({ created_at, changed_at, locked_until, ...row }) => ({
        ...row,
        createdAt: created_at.toISOString(),
        changedAt: changed_at.toISOString(),
        lockedUntil: locked_until !== null && locked_until.getTime() > Date.now() ? locked_until.toISOString() : null,
      }));
    },

    /**
     * Takes one attempt, as a failure until `succeeded` says otherwise, so that many at a time are no more attempts than one after another.
     * An unknown name is the row without a name: the same statement, one row and one commit, so that it takes as long.
     */
    async attempt(name: string): Promise<LocalAccountRow & Readonly<{ isLocked: boolean }>> {
      const [rows]: [Array<LocalAccountRow & { is_locked: boolean }>, number] = await source.query(
        `with asked as materialized (
           select name, coalesce(locked_until > now(), false) as is_locked, failures + 1 as failures
           from custody.local_account
           where name = coalesce((select name from custody.local_account where name = $1), '')
           for update
         )
         update custody.local_account a set
           failures = case when asked.is_locked then a.failures else asked.failures end,
           locked_until = case when asked.is_locked or asked.failures <= ${FREE_FAILURES} then a.locked_until
             else now() + make_interval(secs => least(${LONGEST_LOCK_S}, ${FIRST_LOCK_S} * 2 ^ least(10, asked.failures - ${FREE_FAILURES + 1}))) end
         from asked where a.name = asked.name
         returning a.name, a.workspace, a.person, a.password, asked.is_locked`,
        [name],
      );
      const { is_locked: isLocked, ...row } = rows[0] as LocalAccountRow & { is_locked: boolean };
      return { ...row, isLocked };
    },

    async succeeded(name: string): Promise<void> {
      await source.query('update custody.local_account set failures = 0, locked_until = null where name = $1', [name]);
    },
  };
}
export type LocalAccountStore = ReturnType<typeof createLocalAccountStore>;
