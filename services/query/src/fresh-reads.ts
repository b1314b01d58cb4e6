import { REVALIDATED } from '@runledger/http';
import type { AsOf } from '@runledger/postgres';
import { type Goals, type GoalWaiter, placesOf, type ResolveAsOf, type Scope } from '@runledger/reads';
import type { LagOf } from './lag';
import type { FreshQuery } from './query.schema';

/** The answer, as far as freshness touches it. */
export interface AnswerHeaders {
  header(name: string, value: string): unknown;
}

/** `as_of`: of reads that can be made as of a moment. */
type Asked = FreshQuery & Readonly<{ as_of?: string | undefined }>;

/**
 * What every read does first: wait until its answer is as fresh as asked for, and say how far behind it may be. Answers the moment
 * as of which to read; undefined: now.
 */
export const createFreshReads = (parts: {
  goals: Goals;
  waitFor: GoalWaiter['waitFor'];
  lagOf: LagOf;
  asOf: ResolveAsOf;
}) => {
  const { goals, waitFor, lagOf } = parts;
  return async function settle(answer: AnswerHeaders, scope: Scope, asked: Asked): Promise<AsOf | undefined> {
    const asOf = asked.as_of === undefined ? undefined : await parts.asOf(scope.workspace, asked.as_of);
    await waitFor(await goals.of(scope, { atLeast: asked['at-least'], strong: asked.strong, asOf }), asked.wait);
    const lag = await lagOf(placesOf(scope));
    answer.header('runledger-lag', lag === null ? 'unknown' : String(lag));
    // What held then holds still, unless somebody was erased: whoever has the answer asks whether it is the same.
    if (asOf !== undefined) answer.header('cache-control', REVALIDATED);
    return asOf;
  };
};
export type Settle = ReturnType<typeof createFreshReads>;
