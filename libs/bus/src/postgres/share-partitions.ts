export type Place = Readonly<{ topic: string; partition: number }>;

/**
 * Who has which partition: the same answer for everybody who knows the same members. They are dealt in the order of
 * their names, which grow with time: one who joins last takes only what makes the shares even, and the rest stays.
 */
export function sharePartitions(members: readonly string[], places: readonly Place[]): Map<string, Place[]> {
  const shares = new Map<string, Place[]>();
  for (const member of [...members].sort()) {
    const share: Place[] = shares.size === 0 ? [...places] : [];
    shares.set(member, share);
    for (;;) {
      const most = [...shares.values()].reduce((a, b) => (b.length > a.length ? b : a));
      if (most.length - share.length <= 1) break;
      share.push(most.pop() as Place);
    }
  }
  return shares;
}
