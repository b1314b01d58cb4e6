import { isDamage } from '@runledger/bus';
import type { Difference } from '@runledger/contracts/http';
import type { Fault } from '@runledger/kernel';

type Stretch = Readonly<{ topic: string; partition: number; first: number; next: number; digest?: string }>;

/** What the archive of the log does not have as it was: nothing can be compared behind it. */
export function damageDifference({ message, code, context }: Fault): Difference {
  const { topic, partition, first, next, digest = '' } = context as Stretch;
  return {
    kind: 'difference',
    workspace: '',
    subject: `${topic}/${partition}`,
    where: 'archive',
    expected: { rows: next - first, digest },
    found: null,
    missing: [`offsets ${first} to ${next - 1}`],
    unexpected: [`${message} (${code})`],
    repaired: false,
  };
}

/** Does some work, and tells what the archive lacks for it. False: it could not be done. */
export async function withArchive(work: () => Promise<unknown>, tell: (damage: Fault) => void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isDamage(error)) throw error;
    tell(error);
    return false;
  }
}
