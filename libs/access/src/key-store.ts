import { randomBytes } from 'node:crypto';
import type { PermissionName } from '@runledger/contracts';
import { accountSubject, OPERATOR_ACCOUNT } from '@runledger/domain';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { createAccessFold } from './access-fold';
import { hashOfKey } from './hash-of-key';
import { type KeyRecord, type LiveKey, liveKeyOf, liveSessionOf } from './live-key';
import { createSessionStore } from './session-store';

/** A key of the operator's, as it was made. */
export type OperatorKey = Readonly<{
  id: string;
  workspace: string;
  label: string;
  permissions: readonly string[];
  /** RFC 3339. */
  expiresAt: string | null;
}>;

export type KeyDraft = Readonly<{
  workspace: string;
  label: string;
  /** What it is narrowed to. */
  permissions: readonly PermissionName[];
  /** Chosen by whoever records the key as well; a new one when absent. */
  id?: string;
  /** Whose key it is; the operator's when absent, which lets in without being in the journal. */
  account?: string;
  /** Surrogate id of who will use it; `key/<id>` when absent. */
  actor?: string;
  expiresAt?: Date;
  /** Chosen by the operator (RUNLEDGER_ADMIN_KEY); 256 random bits when absent. */
  key?: string;
}>;

const PREFIX = 'rlk_';
const SHORTEST_KEY = 8;
const LONGEST_KEY = 512;

/** 256 random bits, with a prefix by which scanners of leaked secrets know it. */
const newKey = (): string => PREFIX + randomBytes(32).toString('base64url');

function checkedKey(key: string): string {
  if (key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY && /^[\x21-\x7e]+$/.test(key)) return key;
  const wanted = `${SHORTEST_KEY} to ${LONGEST_KEY} visible ASCII characters`;
  throw new Fault('invalid', 'ACCESS_BAD_KEY', `an API key has ${wanted}`);
}

type LiveRow = Omit<KeyRecord, 'expiresAt'> & Readonly<{ workspace: string; expires_at: Date | null; hash: Buffer }>;

/** The keys in custody.api_key. Only hashes are stored: a key is seen once, by whoever made it. */
export function createKeyStore(source: DataSource) {
  const accessNow = createAccessFold(source);
  const sessions = createSessionStore(source);
  return {
    /** Making the same chosen key again gives the first one's id and changes nothing. */
    async create(draft: KeyDraft): Promise<{ id: string; key: string }> {
      const key = checkedKey(draft.key ?? newKey());
      const { id = uuidv7(), account = OPERATOR_ACCOUNT, workspace, label, permissions, expiresAt = null } = draft;
      const { actor = `key/${id}` } = draft;
      const made: Array<{ id: string }> = await source.query(
        `with made as (
         insert into custody.api_key (id, workspace, hash, label, actor, permissions, expires_at, account)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hash) do nothing returning id)
       select id from made union all select id from custody.api_key where hash = $3`,
        [id, workspace, hashOfKey(key), label, actor, permissions, expiresAt, account],
      );
      return { id: made[0]?.id ?? id, key };
    },

    /** Undoes a making that nobody recorded, so that the key is nobody's. */
    async forget(workspace: string, id: string): Promise<void> {
      await source.query('delete from custody.api_key where workspace = $1 and id = $2', [workspace, id]);
    },

    /** False when the workspace has no such key, or it was revoked before. */
    async revoke(workspace: string, id: string): Promise<boolean> {
      const [, changed]: [unknown, number] = await source.query(
        `update custody.api_key set revoked_at = now() where workspace = $1 and id = $2 and revoked_at is null`,
        [workspace, id],
      );
      return changed > 0;
    },

    /** The service account whose key it is; null: the workspace has no such key. */
    async accountOf(workspace: string, id: string): Promise<string | null> {
      const rows: Array<{ account: string }> = await source.query(
        'select account from custody.api_key where workspace = $1 and id = $2',
        [workspace, id],
      );
      return rows[0]?.account ?? null;
    },

    /** When each key was used last, to a minute. */
    async lastUses(workspace: string): Promise<ReadonlyMap<string, Date>> {
      const rows: Array<{ id: string; last_used_at: Date }> = await source.query(
        'select id, last_used_at from custody.api_key where workspace = $1 and last_used_at is not null',
        [workspace],
      );
      return new Map(rows.map(({ id, last_used_at }) => [id, last_used_at]));
    },

    async used({ id, of }: Pick<LiveKey, 'id' | 'of'>, at: Date): Promise<void> {
      if (of !== 'key') return sessions.used(id, at);
      await source.query(
        'update custody.api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)',
        [id, at],
      );
    },

    /** Keys that the operator made and that the journal does not tell of. */
    async unrecorded(): Promise<ReadonlyArray<OperatorKey>> {
      const rows: Array<OperatorKey & { expires_at: Date | null }> = await source.query(
        `select id, workspace, label, permissions, expires_at from custody.api_key k
       where account = $1 and revoked_at is null and (expires_at is null or expires_at > now()) and not exists (
         select from custody.journal_event e
         where e.workspace = k.workspace and e.subject = $2 and e.type = 'key.created' and e.data ->> 'key' = k.id)
       order by created_at, id`,
        [OPERATOR_ACCOUNT, accountSubject(OPERATOR_ACCOUNT)],
      );
      return rows.map(({ expires_at, ...row }) => ({ ...row, expiresAt: expires_at?.toISOString() ?? null }));
    },

    /** Whether a key or a session of any of these digests, in base64, may be one that can be used. */
    async holds(hashes: readonly string[]): Promise<boolean> {
      const [found]: [{ holds: boolean }] = await source.query(
        `select exists (select from custody.api_key where hash = any($1::bytea[]) and revoked_at is null)
             or exists (select from custody.session where hash = any($1::bytea[])) as holds`,
        [hashes.map((hash) => Buffer.from(hash, 'base64'))],
      );
      return found.holds;
    },

    /** Every key and every session of every workspace that can still be used. */
    async live(): Promise<LiveKey[]> {
      const rows: LiveRow[] = await source.query(
        `select id, hash, workspace, account, actor, permissions as scopes, expires_at from custody.api_key
       where revoked_at is null and (expires_at is null or expires_at > now())`,
      );
      const signedIn = await sessions.live();
      const access = await accessNow();
      const keys = rows.flatMap(({ hash, workspace, expires_at, ...row }) => {
        const record = { ...row, expiresAt: expires_at?.getTime() };
        return liveKeyOf(workspace, hash.toString('base64'), record, access.of(workspace)) ?? [];
      });
      return [...keys, ...signedIn.flatMap((row) => liveSessionOf(row, access.of(row.workspace)) ?? [])];
    },
  };
}
export type KeyStore = ReturnType<typeof createKeyStore>;
