import { type Goals, type GoalWaiter, placesOf, type Scope } from '@runledger/reads';
import type { LagOf } from './lag';
import type { FreshQuery } from './query.schema';

/** The answer, as far as freshness touches it. */
export interface AnswerHeaders {
  header(name: string, value: string): unknown;
}

/** What every read does first: wait until its answer is as fresh as asked for, and say how far behind it may be. */
export const createFreshReads = (parts: { goals: Goals; waitFor: GoalWaiter['waitFor']; lagOf: LagOf }) => {
  const { goals, waitFor, lagOf } = parts;
  return async function settle(answer: AnswerHeaders, scope: Scope, asked: FreshQuery): Promise<void> {
    await waitFor(await goals.of(scope, { atLeast: asked['at-least'], strong: asked.strong }), asked.wait);
    const lag = await lagOf(placesOf(scope));
    answer.header('runledger-lag', lag === null ? 'unknown' : String(lag));
  };
};
export type Settle = ReturnType<typeof createFreshReads>;
