import { shareCalls } from './shared-calls';

/** A question whose answers are given by hand. */
function manual() {
  const asked: Array<{ key: string; resolve(value: number): void; reject(error: Error): void }> = [];
  const share = shareCalls(
    (key: string) => new Promise<number>((resolve, reject) => asked.push({ key, resolve, reject })),
  );
  return { asked, share };
}
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

it('lets those who come in one turn, or during an answer, share the next one, and never gives an answer that is older than the call', async () => {
  const { asked, share } = manual();
  const together = [share('a'), share('a')];
  expect(asked).toHaveLength(0);
  await settle();
  expect(asked).toHaveLength(1);
  const during = [share('a'), share('a')];
  await settle();
  expect(asked).toHaveLength(1);
  asked[0]?.resolve(1);
  await settle();
  expect(asked).toHaveLength(2);
  const last = share('a');
  asked[1]?.resolve(2);
  await settle();
  asked[2]?.resolve(3);
  expect(await Promise.all([...together, ...during, last])).toEqual([1, 1, 2, 2, 3]);
  void share('a');
  await settle();
  expect(asked).toHaveLength(4);
});

it('keeps keys apart, and does not pass a failure on to those who did not ask then', async () => {
  const { asked, share } = manual();
  const [a, b] = [share('a'), share('b')];
  await settle();
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);
  const later = share('a');
  asked[0]?.reject(new Error('away'));
  asked[1]?.resolve(7);
  await expect(a).rejects.toThrow('away');
  expect(await b).toBe(7);
  await settle();
  asked[2]?.resolve(8);
  expect(await later).toBe(8);
});
