import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '@runledger/kernel';
import type { Asker, Limits, Quantity } from './limits';
import type { LimitOptions } from './open-limits';

/** Two ends of one count: the same object where that is a process, two connections where it is not. */
export type Ends = Readonly<{ here: Limits; there: Limits; close(): Promise<void> }>;

let last = 0;
/** Somebody new in a workspace of their own: counts outlive a test. */
export const somebody = (more: Partial<Asker> = {}): Asker => {
  last++;
  return { workspace: `w${process.pid}-${last}`, actor: `key/${last}`, ...more };
};

const NONE = {};
export const only = (scope: keyof LimitOptions, quotas: LimitOptions['workspace']): LimitOptions => ({
  workspace: NONE,
  project: NONE,
  caller: NONE,
  [scope]: quotas,
});

/** How many of so many calls pass. */
async function passing(limits: Limits, who: Asker, calls: number, quantity: Quantity = 'requests'): Promise<number> {
  const told = await Promise.allSettled(Array.from({ length: calls }, () => limits.take(who, quantity, 1)));
  for (const one of told)
    if (one.status === 'rejected' && !(isFault(one.reason) && one.reason.code === 'LIMITS_EXCEEDED')) throw one.reason;
  return told.filter(({ status }) => status === 'fulfilled').length;
}

/** What every implementation of Limits promises. Windows are ten seconds long. */
export function limitsContract(name: string, open: (options: LimitOptions) => Promise<Ends>): void {
  describe(`limits: ${name}`, () => {
    let ends: Ends | undefined;
    const opened = async (options: LimitOptions): Promise<Ends> => {
      ends = await open(options);
      return ends;
    };
    afterEach(() => ends?.close());

    it('lets just as much pass as the quota holds, in all processes together', async () => {
      const { here, there } = await opened(only('workspace', { requests: 10 }));
      const who = somebody();
      const counts = await Promise.all([passing(here, who, 150), passing(there, who, 150)]);
      expect(counts[0] + counts[1]).toBe(100);
      expect(await passing(there, { ...who, actor: 'another' }, 1)).toBe(0);
      expect(await passing(here, somebody(), 1)).toBe(1);
    });

    it('counts a series once an hour, in all processes together, and of what is refused nothing', async () => {
      const { here, there } = await opened(only('workspace', { series: 10 }));
      const who = somebody();
      const names = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `m${from + i}`);
      const refused = { code: 'LIMITS_EXCEEDED', context: { quota: expect.objectContaining({ quantity: 'series' }) } };
      for (let i = 0; i < 3; i++) await here.takeSeries(who, 'a', names(6));
      await expect(here.takeSeries(who, 'b', names(11))).rejects.toMatchObject(refused);
      await expect(here.takeSeries(who, 'b', names(5))).rejects.toMatchObject(refused);
      await there.takeSeries(who, 'b', names(4));
      await expect(there.takeSeries(who, 'c', names(1))).rejects.toMatchObject(refused);
      await there.takeSeries(who, 'b', names(4));
      await here.takeSeries(somebody(), 'c', names(10));
      const [quota] = there.quotas(who);
      expect(quota).toMatchObject({ quantity: 'series', limit: 10, windowSeconds: 3_600, remaining: 0 });
      expect(quota?.resetSeconds).toBeLessThanOrEqual(3_600);
    });

    it('counts callers and projects apart, where that is asked for', async () => {
      const { here } = await opened({ workspace: NONE, project: { points: 1 }, caller: { requests: 1 } });
      const who = somebody({ project: 'vision' });
      expect(await passing(here, who, 20)).toBe(10);
      expect(await passing(here, { ...who, actor: 'another' }, 20)).toBe(10);
      expect(await passing(here, who, 20, 'points')).toBe(10);
      expect(await passing(here, { ...who, actor: 'another' }, 20, 'points')).toBe(0);
      expect(await passing(here, { ...who, project: 'speech' }, 20, 'points')).toBe(10);
      expect(await passing(here, { ...who, project: undefined }, 20, 'points')).toBe(20);
    });

    it('takes from all quotas or from none', async () => {
      const { here } = await opened({ workspace: { points: 10 }, project: NONE, caller: { points: 1 } });
      const who = somebody();
      await here.take(who, 'points', 10);
      await expect(here.take(who, 'points', 5)).rejects.toMatchObject({ code: 'LIMITS_EXCEEDED' });
      expect(here.quotas(who)).toMatchObject([
        { scope: 'workspace', limit: 100, remaining: 90 },
        { scope: 'caller', limit: 10, remaining: 0 },
      ]);
    });

    it('says which quota is used up, and when it is worth trying again', async () => {
      const { here } = await opened(only('workspace', { points: 10 }));
      const who = somebody();
      expect(await here.take(who, 'points', 60)).toMatchObject({ limit: 100, remaining: 40, windowSeconds: 10 });
      const refusal = await here.take(who, 'points', 50).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ kind: 'overloaded', code: 'LIMITS_EXCEEDED' });
      expect(refusal).toMatchObject({ context: { quota: { scope: 'workspace', quantity: 'points', limit: 100 } } });
      const { retryAfter } = (refusal as { context: { retryAfter: number } }).context;
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect(retryAfter).toBeLessThanOrEqual(10);
      expect(await here.take(who, 'points', 40)).toMatchObject({ remaining: 0 });
    });

    it('lets one pass that is larger than the whole quota, once', async () => {
      const { here } = await opened(only('workspace', { bytes: 10 }));
      const who = somebody();
      expect(await here.take(who, 'bytes', 5_000)).toMatchObject({ remaining: 0 });
      await expect(here.take(who, 'bytes', 5_000)).rejects.toMatchObject({ code: 'LIMITS_EXCEEDED' });
    });

    it('counts afterwards what is known only then, and refuses what comes next', async () => {
      const { here } = await opened(only('workspace', { reads: 1 }));
      const who = somebody();
      await here.take(who, 'read-ms', 0);
      here.charge(who, 'read-ms', 9_000);
      await here.take(who, 'read-ms', 0);
      here.charge(who, 'read-ms', 2_000);
      await expect(here.take(who, 'read-ms', 0)).rejects.toMatchObject({ code: 'LIMITS_EXCEEDED' });
    });

    it('begins anew when the window has ended', async () => {
      const { here, there } = await opened(only('workspace', { requests: 1 }));
      const who = somebody();
      expect(await passing(here, who, 20)).toBe(10);
      const [quota] = here.quotas(who);
      await sleep((quota?.resetSeconds ?? 10) * 1_000 + 50);
      expect(await passing(there, who, 20)).toBe(10);
    });

    it('limits nothing that nobody set', async () => {
      const { here } = await opened({ workspace: NONE, project: NONE, caller: NONE });
      expect(await here.take(somebody(), 'requests', 1e9)).toBeUndefined();
      expect(here.policies).toEqual([]);
    });
  });
}
