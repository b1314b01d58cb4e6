import { BackgroundLoop } from './background-loop';

const soon = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a loop in the background', () => {
  it('begins at once, and goes on round after round until it is stopped', async () => {
    let rounds = 0;
    const loop = new BackgroundLoop({ round: async () => rounds++, everyMs: 1, failed: fail });
    expect(rounds).toBe(0);
    loop.start();
    expect(rounds).toBe(1);
    while (rounds < 3) await soon();
    await loop.stop();
    const ended = rounds;
    await new Promise((done) => setTimeout(done, 10));
    expect(rounds).toBe(ended);
  });

  it('rests before its first round as long as it is told', async () => {
    let rounds = 0;
    const loop = new BackgroundLoop({ round: async () => rounds++, firstMs: 60_000, everyMs: 1, failed: fail });
    loop.start();
    await soon();
    await loop.stop();
    expect(rounds).toBe(0);
  });

  it('rests after each round as long as it should then', async () => {
    let rounds = 0;
    const everyMs = (): number => (rounds < 3 ? 0 : 60_000);
    const loop = new BackgroundLoop({ round: async () => rounds++, everyMs, failed: fail });
    loop.start();
    while (rounds < 3) await soon();
    await new Promise((done) => setTimeout(done, 10));
    await loop.stop();
    expect(rounds).toBe(3);
  });

  it('tells of a round that fails, and tries again', async () => {
    const told: unknown[] = [];
    const round = async (): Promise<void> => {
      throw new Error(`failure ${told.length}`);
    };
    const loop = new BackgroundLoop({ round, everyMs: 0, failed: (error) => told.push(error) });
    loop.start();
    while (told.length < 2) await soon();
    await loop.stop();
    expect(told.slice(0, 2)).toEqual([new Error('failure 0'), new Error('failure 1')]);
  });

  it('waits on its end for the round that is under way, which knows of it, and says nothing of how that ends', async () => {
    const told: unknown[] = [];
    let ended = false;
    const loop: BackgroundLoop = new BackgroundLoop({
      round: async () => {
        await loop.rest(60_000);
        ended = true;
        loop.signal.throwIfAborted();
      },
      everyMs: 0,
      failed: (error) => told.push(error),
    });
    loop.start();
    await loop.stop();
    expect([ended, told]).toEqual([true, []]);
  });
});

function fail(error: unknown): never {
  throw error;
}
