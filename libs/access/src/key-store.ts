import { createHash, randomBytes } from 'node:crypto';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { isPermission, type PermissionName, type Principal } from './principal';

/** A key that somebody may use at this moment, or until `expiresAt`. */
export type LiveKey = Readonly<{ hash: string; expiresAt: number | undefined; principal: Principal }>;

/** What a list of keys tells about one: never the key, which nobody has but its owner. */
export type KeyRow = Readonly<{
  id: string;
  label: string;
  actor: string;
  permissions: readonly PermissionName[];
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
}>;

export type KeyDraft = Readonly<{
  workspace: string;
  label: string;
  permissions: readonly PermissionName[];
  /** Surrogate id of who will use it; `key/<id>` when absent. */
  actor?: string;
  expiresAt?: Date;
  /** Chosen by the operator (RUNLEDGER_ADMIN_KEY); 256 random bits when absent. */
  key?: string;
}>;

const PREFIX = 'rlk_';
const SHORTEST_KEY = 8;
const LONGEST_KEY = 512;

/**
 * A key has 256 random bits, so that one round of SHA-256 is enough: there is nothing to guess, and no need for a slow
 * hash on every request.
 */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** 256 random bits, with a prefix by which scanners of leaked secrets know it. */
const newKey = (): string => PREFIX + randomBytes(32).toString('base64url');

function checkedKey(key: string): string {
  if (key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY && /^[\x21-\x7e]+$/.test(key)) return key;
  const wanted = `${SHORTEST_KEY} to ${LONGEST_KEY} visible ASCII characters`;
  throw new Fault('invalid', 'ACCESS_BAD_KEY', `an API key has ${wanted}`);
}

type LiveRow = { hash: Buffer; workspace: string; actor: string; permissions: string[]; expires_at: Date | null };

/** The keys in custody.api_key. Only hashes are stored: a key is seen once, by whoever made it. */
export const createKeyStore = (source: DataSource) => ({
  /** Making the same chosen key again gives the first one's id and changes nothing. */
  async create(draft: KeyDraft): Promise<{ id: string; key: string }> {
    const key = checkedKey(draft.key ?? newKey());
    const id = uuidv7();
    const { workspace, label, actor = `key/${id}`, permissions, expiresAt = null } = draft;
    const made: Array<{ id: string }> = await source.query(
      `with made as (
         insert into custody.api_key (id, workspace, hash, label, actor, permissions, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (hash) do nothing returning id)
       select id from made union all select id from custody.api_key where hash = $3`,
      [id, workspace, hashOfKey(key), label, actor, permissions, expiresAt],
    );
    return { id: made[0]?.id ?? id, key };
  },

  /** False when the workspace has no such key, or it was revoked before. */
  async revoke(workspace: string, id: string): Promise<boolean> {
    const [, changed]: [unknown, number] = await source.query(
      `update custody.api_key set revoked_at = now() where workspace = $1 and id = $2 and revoked_at is null`,
      [workspace, id],
    );
    return changed > 0;
  },

  async list(workspace: string): Promise<KeyRow[]> {
    return source.query(
      `select id, label, actor, permissions, created_at as "createdAt", expires_at as "expiresAt",
         revoked_at as "revokedAt"
       from custody.api_key where workspace = $1 order by created_at, id`,
      [workspace],
    );
  },

  /** Every key of every workspace that can still be used. */
  async live(): Promise<LiveKey[]> {
    const rows: LiveRow[] = await source.query(
      `select hash, workspace, actor, permissions, expires_at from custody.api_key
       where revoked_at is null and (expires_at is null or expires_at > now())`,
    );
    return rows.map(({ hash, workspace, actor, permissions, expires_at }) => ({
      hash: hash.toString('base64'),
      expiresAt: expires_at?.getTime(),
      principal: { workspace, actor, permissions: new Set(permissions.filter(isPermission)) },
    }));
  },
});
export type KeyStore = ReturnType<typeof createKeyStore>;
