import type { Grantee, StoredEvent } from '@runledger/contracts';
import { type AccountKey, type HeldGrant, OPERATOR_ACCOUNT, type TrustInForce } from '@runledger/domain';
import type { DataSource } from 'typeorm';
import { type AccessEvent, IS_ACCESS_EVENT, readAccessEvent } from './access-events';
import { createAccessFold } from './access-fold';

export type AccountRow = Readonly<{
  account: string;
  name: string;
  description: string;
  status: 'enabled' | 'disabled';
}>;

/** What is told of a key: never the key, which nobody has but its owner. Times are RFC 3339. */
export type KeyRow = Readonly<{
  key: string;
  account: string;
  label: string;
  scopes: readonly string[];
  /** Null: all that the account reaches. */
  projects: readonly string[] | null;
  status: 'active' | 'expired' | 'revoked';
  createdAt: string;
  expiresAt: string | null;
  /** To a minute. */
  lastUsedAt: string | null;
  replaces: string | null;
}>;

export type GrantRow = Readonly<{ grantee: Grantee }> & HeldGrant;
export type AccessEventRow = Readonly<{ journalseq: number; actor: string; event: AccessEvent }>;

type KeptKey = Readonly<{
  id: string;
  account: string;
  label: string;
  permissions: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}>;
type EventRow = Omit<StoredEvent, 'time'> & Readonly<{ journalseq: string; time: Date; actor: string }>;

/** What the journal says of a key, where it says something; custody has the rest. */
function said(
  row: KeptKey,
  recorded: AccountKey | undefined,
): Pick<KeyRow, 'label' | 'scopes' | 'projects' | 'expiresAt' | 'replaces'> {
  if (recorded !== undefined) return recorded;
  const { label, permissions: scopes, expires_at } = row;
  return { label, scopes, projects: null, expiresAt: expires_at?.toISOString() ?? null, replaces: null };
}

function keyRowOf(row: KeptKey, recorded: AccountKey | undefined, now: number): KeyRow {
  const { label, scopes, projects, expiresAt, replaces } = said(row, recorded);
  const isRevoked = row.revoked_at !== null || recorded?.status === 'revoked';
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= now;
  return {
    key: row.id,
    account: row.account,
    label,
    scopes,
    projects,
    status: isRevoked ? 'revoked' : isExpired ? 'expired' : 'active',
    createdAt: row.created_at.toISOString(),
    expiresAt,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    replaces,
  };
}

/** Who may what, and what became of it: read from the journal, so that it is never behind. */
export function createAccessReads(source: DataSource) {
  const accessNow = createAccessFold(source);
  const stateOf = async (workspace: string) => (await accessNow()).of(workspace);

  return {
    /** By name. */
    async accounts(workspace: string): Promise<AccountRow[]> {
      const { accounts } = await stateOf(workspace);
      const rows = [...accounts].flatMap(([account, { name, description, status }]) =>
        account === OPERATOR_ACCOUNT || status === 'unseen' ? [] : [{ account, name, description, status }],
      );
      return rows.sort((one, other) => one.name.localeCompare(other.name) || one.account.localeCompare(other.account));
    },

    /** In the order in which they were made. */
    async keys(workspace: string, now = Date.now()): Promise<KeyRow[]> {
      const { accounts } = await stateOf(workspace);
      const kept: KeptKey[] = await source.query(
        `select id, account, label, permissions, created_at, expires_at, revoked_at, last_used_at
         from custody.api_key where workspace = $1 order by created_at, id`,
        [workspace],
      );
      return kept.flatMap((row) => {
        const recorded = accounts.get(row.account)?.keys.get(row.id);
        return recorded === undefined && row.account !== OPERATOR_ACCOUNT ? [] : [keyRowOf(row, recorded, now)];
      });
    },

    async grants(workspace: string): Promise<GrantRow[]> {
      const { held } = await stateOf(workspace);
      return [...held.values()].flatMap(({ grantee, grants }) => grants.map((grant) => ({ grantee, ...grant })));
    },

    /** By which rules jobs are let in. */
    async trusts(workspace: string): Promise<TrustInForce[]> {
      return [...(await stateOf(workspace)).trusts.values()];
    },

    /** The rules for an issuer's jobs, of every workspace. */
    async trustsOfIssuer(issuer: string): Promise<Array<TrustInForce & Readonly<{ workspace: string }>>> {
      const all = [...(await accessNow()).all()];
      return all.flatMap(([workspace, { trusts }]) =>
        [...trusts.values()].filter((one) => one.issuer === issuer).map((one) => ({ ...one, workspace })),
      );
    },

    /** Newest first, before a place in the journal. */
    async events(workspace: string, page: Readonly<{ before?: number | undefined; limit: number }>) {
      const rows: EventRow[] = await source.query(
        `select journalseq, id, type, time, dataversion, data, actor from custody.journal_event
         where workspace = $1 and ${IS_ACCESS_EVENT} and ($2::bigint is null or journalseq < $2)
         order by journalseq desc limit $3`,
        [workspace, page.before ?? null, page.limit],
      );
      return rows.map(({ journalseq, actor, time, ...event }): AccessEventRow => {
        const read = readAccessEvent({ ...event, time: time.toISOString() });
        return { journalseq: Number(journalseq), actor, event: read };
      });
    },
  };
}
export type AccessReads = ReturnType<typeof createAccessReads>;
