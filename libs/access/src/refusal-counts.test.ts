import { type RefusalChange } from '@runledger/domain';
import { createLogger } from '@runledger/kernel';
import type { Identity } from './principal';
import { createRefusalCounts } from './refusal-counts';

const logger = createLogger('refusals', 'silent');
const asker = (actor: string): Identity => ({ workspace: 'w', actor, permissions: new Map() });

function scene(fails = false) {
  const kept: RefusalChange[] = [];
  const keep = async (_workspace: string, change: RefusalChange) => {
    if (fails) throw new Error('the journal is away');
    kept.push(change);
  };
  return { kept, counts: createRefusalCounts(keep, logger, 3_600_000) };
}

describe('refusals', () => {
  it('of one kind are one event, with how many there were', async () => {
    const { kept, counts } = scene();
    for (let i = 0; i < 1_000; i++) counts.ofRoute(asker('a'), 'runs:read', 'GET /x');
    counts.ofSignIn('w', 'corp', 'SIGN_IN_REFUSED');
    await counts.flush();
    expect(kept.map(({ type, data }) => [type, data.count])).toEqual([
      ['access.refused', 1_000],
      ['session.refused', 1],
    ]);
    await counts.flush();
    expect(kept).toHaveLength(2);
  });

  it('of a flood of kinds are a bounded number of events, and none is left out of the sum', async () => {
    const { kept, counts } = scene();
    for (let i = 0; i < 10_000; i++) counts.ofRoute(asker(`a${i}`), 'runs:read', 'GET /x');
    await counts.flush();
    expect(kept.length).toBe(51);
    expect(kept.reduce((sum, { data }) => sum + data.count, 0)).toBe(10_000);
  });

  it('that cannot be kept trouble nobody', async () => {
    const { counts } = scene(true);
    counts.ofRoute(asker('a'), 'runs:read', 'GET /x');
    await expect(counts.flush()).resolves.toBeUndefined();
  });
});
