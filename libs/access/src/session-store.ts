import { randomBytes } from 'node:crypto';
import type { GranteeKind, PermissionName, SessionKind } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { hashOfKey } from './hash-of-key';

/** Who is signed in, and for how long. */
export type SessionDraft = Readonly<{
  kind: SessionKind;
  workspace: string;
  actor: string;
  grantee: Readonly<{ kind: Exclude<GranteeKind, 'group'>; id: string }>;
  /** What the issuer said of its person, by the names that grants give them. */
  groups: readonly string[];
  /** What it is narrowed to; `admin` narrows nothing. */
  scopes: readonly PermissionName[];
  projects: readonly string[] | null;
  /** Of a workload: the rule that let it in, without which it ends. */
  trust: string | null;
  /** Of a sign-in by a provider: what it calls the session there (`sid`), by which it can end this one. */
  providerSession: string | null;
  idleSeconds: number;
  expiresAt: Date;
}>;

export type SessionRow = Readonly<{
  id: string;
  hash: Buffer;
  kind: SessionKind;
  workspace: string;
  actor: string;
  grantee_kind: SessionDraft['grantee']['kind'];
  grantee_id: string;
  groups: string[];
  scopes: string[];
  projects: string[] | null;
  trust: string | null;
  provider_session: string | null;
  seen_at: Date;
  idle_seconds: number;
  expires_at: Date;
}>;

/** Whose sessions: without a subject, of everybody; without a session there, of all of them. */
type VouchedBy = Readonly<{
  workspace: string;
  issuer: string;
  subject: string | undefined;
  providerSession: string | undefined;
}>;

/** A code to be exchanged for a session at a terminal. */
export type CodeDraft = Readonly<{ session: string; challenge: string; expiresAt: Date }>;

/** Another prefix than keys have, so that finders of leaked secrets tell them apart. */
const PREFIX = 'rls_';
const newToken = (): string => PREFIX + randomBytes(32).toString('base64url');
const LIVE = `expires_at > now() and seen_at + make_interval(secs => idle_seconds) > now()`;
const COLUMNS = `id, hash, kind, workspace, actor, grantee_kind, grantee_id, groups, scopes, projects, trust, provider_session,
  seen_at, idle_seconds, expires_at`;

/** Sessions in custody.session, by the digests of their tokens. */
export function createSessionStore(source: DataSource) {
  return {
    /** The token is told once. Sessions that have ended by themselves go with it. */
    async open(draft: SessionDraft): Promise<{ id: string; token: string }> {
      const [id, token] = [uuidv7(), newToken()];
      const { grantee, idleSeconds, expiresAt, ...row } = draft;
      await source.query(`delete from custody.session where not (${LIVE})`);
      await source.query(
        `insert into custody.session (id, hash, kind, workspace, actor, grantee_kind, grantee_id, groups, scopes, projects,
           trust, provider_session, idle_seconds, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
        [
          id,
          hashOfKey(token),
          row.kind,
          row.workspace,
          row.actor,
          grantee.kind,
          grantee.id,
          row.groups,
          row.scopes,
          row.projects,
          row.trust,
          row.providerSession,
          idleSeconds,
          expiresAt,
        ],
      );
      return { id, token };
    },

    /** The session of a token; null: none that is live. */
    async find(token: string): Promise<SessionRow | null> {
      const rows: SessionRow[] = await source.query(
        `select ${COLUMNS} from custody.session where hash = $1 and ${LIVE}`,
        [hashOfKey(token)],
      );
      return rows[0] ?? null;
    },

    /** Live sessions of whom an issuer vouched for: of one person, of one session there, or both. */
    async vouchedFor({ workspace, issuer, subject, providerSession }: VouchedBy): Promise<SessionRow[]> {
      return source.query(
        `select ${COLUMNS} from custody.session
         where workspace = $1 and grantee_kind = 'person' and ($4::text is null or provider_session = $4) and ${LIVE}
           and grantee_id in
             (select id from custody.person where workspace = $1 and issuer = $2 and ($3::text is null or subject = $3))`,
        [workspace, issuer, subject ?? null, providerSession ?? null],
      );
    },

    async close(id: string): Promise<void> {
      await source.query('delete from custody.session where id = $1', [id]);
    },

    /** Every session that still lets in, by itself. */
    async live(): Promise<SessionRow[]> {
      return source.query(`select ${COLUMNS} from custody.session where ${LIVE}`);
    },

    async used(id: string, at: Date): Promise<void> {
      await source.query('update custody.session set seen_at = $2 where id = $1 and seen_at < $2', [id, at]);
    },

    /** A code that a terminal exchanges for a session of its own. */
    async promise({ session, challenge, expiresAt }: CodeDraft): Promise<string> {
      const code = randomBytes(32).toString('base64url');
      await source.query('delete from custody.session_code where expires_at < now()');
      await source.query(
        'insert into custody.session_code (hash, challenge, session, expires_at) values ($1, $2, $3, $4)',
        [hashOfKey(code), challenge, session, expiresAt],
      );
      return code;
    },

    /** The session in which the code was made, which works once, whatever comes of it; null: no such code, or no more. */
    async redeem(code: string): Promise<Readonly<{ challenge: string; session: SessionRow }> | null> {
      const [codes]: [Array<{ challenge: string; session: string }>, number] = await source.query(
        'delete from custody.session_code where hash = $1 and expires_at > now() returning challenge, session',
        [hashOfKey(code)],
      );
      const made = codes[0];
      if (made === undefined) return null;
      const rows: SessionRow[] = await source.query(
        `select ${COLUMNS} from custody.session where id = $1 and ${LIVE}`,
        [made.session],
      );
      return rows[0] === undefined ? null : { challenge: made.challenge, session: rows[0] };
    },
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;
