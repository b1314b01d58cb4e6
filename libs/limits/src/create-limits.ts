import { Fault, type Quotas } from '@runledger/kernel';
import { LeasedQuota, type Standing, type Store } from './leased-quota';
import { type Asker, type LimitScope, type Limits, QUANTITIES, type Quantity, type Quota, SCOPES } from './limits';
import { SeenSeries } from './seen-series';

/** Limits are said by the second and counted over so many, so that what comes in bursts is not refused for its first second. */
const WINDOW_SECONDS = 10;

const HOUR_SECONDS = 3_600;
const hourOf = (now: number): number => Math.floor(now / (HOUR_SECONDS * 1_000));
const leftOfHour = (now: number): number => HOUR_SECONDS - (Math.floor(now / 1_000) % HOUR_SECONDS);

export type StoreOf = (name: string, limit: number, windowSeconds: number) => Readonly<{ store: Store; lease: number }>;

type Rule = Readonly<{
  scope: LimitScope;
  quantity: Quantity;
  limit: number;
  windowSeconds: number;
  counted: LeasedQuota;
  seen: SeenSeries;
}>;

/** What a person sets, by the second (series: by the hour), against what is counted in a window. */
const COUNTED: Readonly<Record<Quantity, Readonly<{ name: keyof Quotas; times: number; windowSeconds: number }>>> = {
  requests: { name: 'requests', times: WINDOW_SECONDS, windowSeconds: WINDOW_SECONDS },
  bytes: { name: 'bytes', times: WINDOW_SECONDS, windowSeconds: WINDOW_SECONDS },
  points: { name: 'points', times: WINDOW_SECONDS, windowSeconds: WINDOW_SECONDS },
  'read-ms': { name: 'reads', times: 1_000 * WINDOW_SECONDS, windowSeconds: WINDOW_SECONDS },
  series: { name: 'series', times: 1, windowSeconds: HOUR_SECONDS },
};
const WORDS: Readonly<Record<Quantity, string>> = {
  requests: 'requests',
  bytes: 'bytes of bodies',
  points: 'metric points',
  'read-ms': 'milliseconds of reads',
  series: 'active series',
};

function rulesOf(quotas: Readonly<Record<LimitScope, Quotas>>, storeOf: StoreOf): Rule[] {
  const rules: Rule[] = [];
  for (const scope of SCOPES)
    for (const quantity of QUANTITIES) {
      const { name, times, windowSeconds } = COUNTED[quantity];
      const set = quotas[scope][name];
      if (set === undefined) continue;
      const limit = set * times;
      const { store, lease } = storeOf(`${scope}.${quantity}`, limit, windowSeconds);
      const counted = new LeasedQuota(store, { limit, lease });
      rules.push({ scope, quantity, limit, windowSeconds, counted, seen: new SeenSeries() });
    }
  return rules;
}

/** Workspaces, projects and actors have no blank in their names. */
function keyOf(scope: LimitScope, { workspace, project, actor }: Asker): string | undefined {
  if (scope === 'workspace') return workspace;
  if (scope === 'caller') return `${workspace} ${actor}`;
  return project === undefined ? undefined : `${workspace} ${project}`;
}

const quotaOf = ({ scope, quantity, limit, windowSeconds }: Rule, { remaining, resetMs }: Standing): Quota => ({
  scope,
  quantity,
  limit,
  windowSeconds,
  remaining: Math.floor(Math.min(limit, remaining)),
  resetSeconds: quantity === 'series' ? leftOfHour(Date.now()) : Math.ceil(resetMs / 1_000),
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
      if (key === undefined) return [];
      // Each hour has a count of its own, whichever process begins it.
      return [{ rule, key: rule.quantity === 'series' ? `${key} ${hourOf(Date.now())}` : key }];
    });

  return {
    policies: rules.map(({ scope, quantity, limit, windowSeconds }) => ({ scope, quantity, limit, windowSeconds })),
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
    async takeSeries(who, run, names) {
      const taken: Array<() => void> = [];
      for (const { rule, key } of applying(who, 'series')) {
        const fresh = rule.seen.add(key, hourOf(Date.now()), { run, names });
        if (fresh.length === 0) continue;
        // More than there is at all never fits, unlike a batch of points, which passes once in a window.
        const fits = fresh.length <= rule.limit;
        const { refused, ...standing } = fits
          ? await rule.counted.take(key, fresh.length)
          : { refused: true, ...rule.counted.look(key) };
        if (!refused) {
          taken.push(() => {
            rule.counted.give(key, fresh.length);
            rule.seen.forget(key, run, fresh);
          });
          continue;
        }
        rule.seen.forget(key, run, fresh);
        for (const giveBack of taken) giveBack();
        throw exceeded(quotaOf(rule, standing));
      }
    },
    charge(who, quantity, amount) {
      for (const { rule, key } of applying(who, quantity)) rule.counted.give(key, -Math.ceil(amount));
    },
    quotas: (who) => applying(who).map(({ rule, key }) => quotaOf(rule, rule.counted.look(key))),
    close,
  };
}
