import { type Place, sharePartitions } from './share-partitions';

const places: Place[] = Array.from({ length: 18 }, (_, i) => ({ topic: i < 12 ? 'a' : 'b', partition: i % 12 }));
const members = (n: number): string[] => Array.from({ length: n }, (_, i) => `member-${String(i).padStart(3, '0')}`);
const idOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

describe('sharing partitions', () => {
  it.each([1, 2, 3, 5, 17, 18, 25])('gives every partition to one of %d members, evenly', (n) => {
    const shares = [...sharePartitions(members(n), places).values()];
    expect(shares.flat().map(idOf).sort()).toEqual(places.map(idOf).sort());
    const sizes = shares.map((share) => share.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('comes to the same for everybody, however the members are listed', () => {
    expect(sharePartitions(members(4).reverse(), places)).toEqual(sharePartitions(members(4), places));
  });

  it('moves only what the last to join receives', () => {
    for (let n = 1; n < 12; n++) {
      const before = sharePartitions(members(n), places);
      const after = sharePartitions(members(n + 1), places);
      for (const [member, share] of before)
        expect(share.map(idOf)).toEqual(expect.arrayContaining((after.get(member) ?? []).map(idOf)));
    }
  });
});
