import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns } from './turns';

describe('turns', () => {
  it('go one after another under one name, in the order in which they were asked for', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const work = (name: string, ms: number) => async () => {
      seen.push(`${name} begins`);
      await sleep(ms);
      seen.push(`${name} ends`);
      return name;
    };
    const done = await Promise.all([turns('a', work('first', 30)), turns('a', work('second', 1))]);
    expect(done).toEqual(['first', 'second']);
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('of other names do not wait', async () => {
    const turns = createTurns();
    let release: () => void = () => undefined;
    const held = turns('a', () => new Promise<void>((resolve) => (release = resolve)));
    expect(await turns('b', async () => 1)).toBe(1);
    release();
    await held;
  });

  it('go on after one that failed, whose failure is its own', async () => {
    const turns = createTurns();
    const failing = turns('a', async () => {
      throw new Error('mine');
    });
    const next = turns('a', async () => 2);
    await expect(failing).rejects.toThrow('mine');
    expect(await next).toBe(2);
  });
});
