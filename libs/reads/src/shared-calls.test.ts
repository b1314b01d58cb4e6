import { shareCalls } from './shared-calls';

/** A question whose answers are given by hand. */
function manual() {
  const asked: Array<{ key: string; resolve(value: number): void; reject(error: Error): void }> = [];
  const share = shareCalls(
    (key: string) => new Promise<number>((resolve, reject) => asked.push({ key, resolve, reject })),
  );
  return { asked, share };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('lets those who come during an answer share the next one, and never gives an answer that is older than the call', async () => {
  const { asked, share } = manual();
  const [first, second, third] = [share('a'), share('a'), share('a')];
  await settle();
  expect(asked).toHaveLength(1);
  asked[0]?.resolve(1);
  await settle();
  expect(asked).toHaveLength(2);
  const fourth = share('a');
  asked[1]?.resolve(2);
  await settle();
  asked[2]?.resolve(3);
  expect(await Promise.all([first, second, third, fourth])).toEqual([1, 2, 2, 3]);
  void share('a');
  expect(asked).toHaveLength(4);
});

it('keeps keys apart, and does not pass a failure on to those who did not ask then', async () => {
  const { asked, share } = manual();
  const [a, later, b] = [share('a'), share('a'), share('b')];
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);
  asked[0]?.reject(new Error('away'));
  asked[1]?.resolve(7);
  await expect(a).rejects.toThrow('away');
  expect(await b).toBe(7);
  await settle();
  asked[2]?.resolve(8);
  expect(await later).toBe(8);
});
