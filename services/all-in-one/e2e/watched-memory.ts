import { residentMiB } from '@runledger/testkit';

/** What the work gives, and by how many MiB the process was larger meanwhile. */
export async function watchedMemory<T>(pid: number, work: () => Promise<T>): Promise<readonly [T, number]> {
  const before = residentMiB(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, 20);
  try {
    return [await work(), most - before];
  } finally {
    clearInterval(timer);
  }
}
