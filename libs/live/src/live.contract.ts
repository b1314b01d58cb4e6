import { setTimeout as sleep } from 'node:timers/promises';
import type { Live, Signal } from './live';

/** Two ends of one medium: the same object where the medium is a process, two connections where it is not. */
export type Ends = Readonly<{ here: Live; there: Live; close(): Promise<void> }>;

export const projected = (nextOffset: number): Signal => ({
  kind: 'projected',
  group: 'series',
  topic: 'runledger.metrics.v1',
  partition: 3,
  fromOffset: nextOffset - 1,
  nextOffset,
});
const moved: Signal = { kind: 'series', workspace: 'default', run: 'räksmörgås' };

/** Collects what a listener hears; `heard` waits until it heard so much, and then a little for what must not come. */
export function listen(live: Live) {
  const signals: Signal[] = [];
  const stop = live.subscribe((signal) => signals.push(signal));
  const heard = async (count: number): Promise<Signal[]> => {
    const end = Date.now() + 3_000;
    while (signals.length < count && Date.now() < end) await sleep(5);
    await sleep(30);
    return signals;
  };
  return { heard, stop };
}

/** What every implementation of Live promises. */
export function liveContract(name: string, open: () => Promise<Ends>): void {
  describe(`live: ${name}`, () => {
    let ends: Ends;
    beforeEach(async () => {
      ends = await open();
    });
    afterEach(() => ends.close());

    it('carries signals whole and in order', async () => {
      const ear = listen(ends.there);
      ends.here.publish([projected(1), moved]);
      ends.here.publish([projected(2)]);
      expect(await ear.heard(3)).toEqual([projected(1), moved, projected(2)]);
    });

    it('tells every listener at both ends, once', async () => {
      const ears = [listen(ends.here), listen(ends.here), listen(ends.there)];
      ends.here.publish([projected(1)]);
      for (const ear of ears) expect(await ear.heard(1)).toEqual([projected(1)]);
    });

    it('does not tell a listener that has stopped', async () => {
      const [stopped, other] = [listen(ends.there), listen(ends.there)];
      stopped.stop();
      stopped.stop();
      ends.here.publish([projected(1)]);
      await other.heard(1);
      expect(await stopped.heard(0)).toEqual([]);
    });

    it('tells the others when one listener fails', async () => {
      ends.there.subscribe(() => {
        throw new Error('listener');
      });
      const ear = listen(ends.there);
      ends.here.publish([projected(1), projected(2)]);
      expect(await ear.heard(2)).toHaveLength(2);
    });

    it('goes on before a listener has heard', async () => {
      let heard = false;
      ends.here.subscribe(() => {
        heard = true;
      });
      ends.here.publish([projected(1)]);
      expect(heard).toBe(false);
      await sleep(20);
      expect(heard).toBe(true);
    });

    it('publishes nothing and throws nothing once it is closed', async () => {
      const ear = listen(ends.here);
      await ends.close();
      ends.here.publish([projected(1)]);
      await ends.here.close();
      expect(await ear.heard(0)).toEqual([]);
    });
  });
}
