import { Fault, type Quotas } from '@runledger/kernel';
import { LeasedQuota, type Standing, type Store } from './leased-quota';
import { type Asker, type LimitScope, type Limits, QUANTITIES, type Quantity, type Quota, SCOPES } from './limits';

/** Limits are said by the second and counted over so many, so that what comes in bursts is not refused for its first second. */
export const WINDOW_SECONDS = 10;

export type StoreOf = (name: string, limit: number) => Readonly<{ store: Store; lease: number }>;

type Rule = Readonly<{ scope: LimitScope; quantity: Quantity; limit: number; counted: LeasedQuota }>;

/** What a person sets, by the second, against what is counted. */
const COUNTED: Readonly<Record<Quantity, Readonly<{ name: keyof Quotas; times: number }>>> = {
  requests: { name: 'requests', times: 1 },
  bytes: { name: 'bytes', times: 1 },
  points: { name: 'points', times: 1 },
  'read-ms': { name: 'reads', times: 1_000 },
};
const WORDS: Readonly<Record<Quantity, string>> = {
  requests: 'requests',
  bytes: 'bytes of bodies',
  points: 'metric points',
  'read-ms': 'milliseconds of reads',
};

function rulesOf(quotas: Readonly<Record<LimitScope, Quotas>>, storeOf: StoreOf): Rule[] {
  const rules: Rule[] = [];
  for (const scope of SCOPES)
    for (const quantity of QUANTITIES) {
      const { name, times } = COUNTED[quantity];
      const perSecond = quotas[scope][name];
      if (perSecond === undefined) continue;
      const limit = perSecond * times * WINDOW_SECONDS;
      const { store, lease } = storeOf(`${scope}.${quantity}`, limit);
      rules.push({ scope, quantity, limit, counted: new LeasedQuota(store, { limit, lease }) });
    }
  return rules;
}

/** Workspaces, projects and actors have no blank in their names. */
function keyOf(scope: LimitScope, { workspace, project, actor }: Asker): string | undefined {
  if (scope === 'workspace') return workspace;
  if (scope === 'caller') return `${workspace} ${actor}`;
  return project === undefined ? undefined : `${workspace} ${project}`;
}

const quotaOf = ({ scope, quantity, limit }: Rule, { remaining, resetMs }: Standing): Quota => ({
  scope,
  quantity,
  limit,
  windowSeconds: WINDOW_SECONDS,
  remaining: Math.floor(Math.min(limit, remaining)),
  resetSeconds: Math.ceil(resetMs / 1_000),
});

function exceeded(quota: Quota): Fault {
  const retryAfter = Math.max(1, quota.resetSeconds);
  const { scope, quantity, limit, windowSeconds } = quota;
  return new Fault(
    'overloaded',
    'LIMITS_EXCEEDED',
    `this ${scope} may have ${limit} ${WORDS[quantity]} in ${windowSeconds} seconds; send the same again after ${retryAfter} s`,
    { context: { retryAfter, quota, details: quota } },
  );
}

const share = ({ remaining, limit }: Quota): number => remaining / limit;

/** Limits over any store of counts. `close` is the store's. */
export function createLimits(
  quotas: Readonly<Record<LimitScope, Quotas>>,
  storeOf: StoreOf,
  close: () => Promise<void>,
): Limits {
  const rules = rulesOf(quotas, storeOf);
  const applying = (who: Asker, quantity?: Quantity) =>
    rules.flatMap((rule) => {
      const key = quantity === undefined || rule.quantity === quantity ? keyOf(rule.scope, who) : undefined;
      return key === undefined ? [] : [{ rule, key }];
    });

  return {
    policies: rules.map(({ scope, quantity, limit }) => ({ scope, quantity, limit, windowSeconds: WINDOW_SECONDS })),
    async take(who, quantity, amount) {
      const taken: Array<ReturnType<typeof applying>[number]> = [];
      let tightest: Quota | undefined;
      for (const one of applying(who, quantity)) {
        const { refused, ...standing } = await one.rule.counted.take(one.key, amount);
        const quota = quotaOf(one.rule, standing);
        if (refused) {
          for (const { rule, key } of taken) rule.counted.give(key, amount);
          throw exceeded(quota);
        }
        taken.push(one);
        if (tightest === undefined || share(quota) < share(tightest)) tightest = quota;
      }
      return tightest;
    },
    charge(who, quantity, amount) {
      for (const { rule, key } of applying(who, quantity)) rule.counted.give(key, -Math.ceil(amount));
    },
    quotas: (who) => applying(who).map(({ rule, key }) => quotaOf(rule, rule.counted.look(key))),
    close,
  };
}
