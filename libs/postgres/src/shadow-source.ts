import { Fault } from '@runledger/kernel';
import type { DataSource, EntityManager } from 'typeorm';

/** Whose shadow: of a rebuild, of a check that somebody asked for, of the one in the background. Each has schemas of its own. */
export type ShadowName = 'rebuild' | 'check' | 'watch';
export const readSchemaOf = (name: ShadowName): string => `read_${name}`;
export const custodySchemaOf = (name: ShadowName): string => `custody_${name}`;

/** Of custody, what a projector moves while it projects; numbers of names are shared, since rows are made of them. */
const MOVED = ['lease', 'metric_range', 'writer_receipt'];

/** The same statement on the shadow's tables. Statements of the write side are fixed texts: values are parameters, always. */
const shadowSql = (name: ShadowName, sql: string): string =>
  sql
    .replaceAll(/\bread\.(?=[a-z_])/g, `${readSchemaOf(name)}.`)
    .replaceAll(new RegExp(`\\bcustody\\.(?=(?:${MOVED.join('|')})\\b)`, 'g'), `${custodySchemaOf(name)}.`);

type Asking = { query(sql: string, params?: unknown[]): Promise<unknown> };
type Work = (tx: Asking) => Promise<unknown>;

/** Everything but what is given here would go past the redirection to the live tables. */
const guarded = <T extends object>(members: Readonly<Record<string, unknown>>): T =>
  new Proxy(members, {
    get(of, member) {
      if (typeof member === 'symbol' || member === 'then') return undefined;
      if (Object.hasOwn(of, member)) return of[member];
      throw new Fault('bug', 'POSTGRES_PAST_SHADOW', `${member} does not know of shadow tables`);
    },
  }) as T;

/** A data source of one transaction: what would be a transaction of its own is a part of it. */
export function withinTransaction(tx: EntityManager): DataSource {
  return guarded({
    query: (sql: string, params?: unknown[]) => tx.query(sql, params),
    transaction: (work: (inner: EntityManager) => Promise<unknown>) => work(tx),
  });
}

/** A data source whose statements go to the shadow's tables in place of the live ones: `query` and `transaction`, no more. */
export function shadowSource(source: DataSource, name: ShadowName): DataSource {
  const asking = (of: Asking): Asking =>
    guarded({ query: (sql: string, params?: unknown[]) => of.query(shadowSql(name, sql), params) });
  return guarded({
    query: (sql: string, params?: unknown[]) => source.query(shadowSql(name, sql), params),
    transaction: (work: Work) => source.transaction((tx) => work(asking(tx))),
  });
}
