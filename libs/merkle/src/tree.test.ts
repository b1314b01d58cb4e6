import { RecursiveTree } from '@runledger/testkit';
import fc from 'fast-check';
import { GrowingTree } from './growing-tree';
import { EMPTY_ROOT, leafHash } from './hash';
import { nodesOf, planConsistency, planInclusion, proofOf } from './prove';
import { perfectSubtrees, type TreeNode } from './subtree';
import { isConsistent, isIncluded, rootFromInclusion } from './verify';
import { proverOf } from './whole-tree';

const SIZES = 300;
const entries = Array.from({ length: SIZES }, (_, i) => Buffer.from(`entry ${i}`));
const oracle = new RecursiveTree(entries);
const hashOf = ({ level, index }: TreeNode): Buffer => oracle.mth(index * 2 ** level, (index + 1) * 2 ** level);
const flipped = (hash: Buffer): Buffer => {
  const other = Buffer.from(hash);
  other[7] = (other[7] ?? 0) ^ 0x10;
  return other;
};

// The entries and roots that certificate transparency's implementations share.
const VECTORS = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
] as const;

describe('a growing tree', () => {
  it('has the roots that others have', () => {
    const tree = new GrowingTree();
    expect(tree.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [entry, root] of VECTORS) {
      tree.append(leafHash(Buffer.from(entry, 'hex')));
      expect(tree.root().toString('hex')).toBe(root);
    }
  });

  it(`has the root of the recursive definition at every size to ${SIZES}`, () => {
    const tree = new GrowingTree();
    expect(tree.root()).toEqual(EMPTY_ROOT);
    for (let size = 0; size < SIZES; size++) {
      for (const { hash, ...node } of tree.append(leafHash(entries[size] ?? Buffer.alloc(0))))
        expect(hash.equals(hashOf(node))).toBe(true);
      expect(tree.root().equals(oracle.mth(0, size + 1))).toBe(true);
      expect(tree.subtrees).toEqual(perfectSubtrees({ first: 0, end: size + 1 }).map(hashOf));
    }
  });

  it('goes on where it was stopped', () => {
    for (const size of [0, 1, 2, 3, 128, 255, 256]) {
      const tree = new GrowingTree(size, perfectSubtrees({ first: 0, end: size }).map(hashOf));
      for (let i = size; i < SIZES; i++) tree.append(leafHash(entries[i] ?? Buffer.alloc(0)));
      expect(tree.root()).toEqual(oracle.mth(0, SIZES));
    }
  });

  it.each<[number, Buffer[]]>([
    [-1, []],
    [0.5, []],
    [1, []],
    [3, [EMPTY_ROOT]],
    [1, [Buffer.alloc(31)]],
    [2 ** 53, [EMPTY_ROOT]],
  ])('is not one of %p leaves with other subtrees', (size, subtrees) => {
    expect(() => new GrowingTree(size, subtrees)).toThrow(expect.objectContaining({ code: 'MERKLE_BAD_TREE' }));
  });

  it('keeps a hash for each bit of its size, also of ten million', () => {
    const size = 10_000_000;
    const subtrees = perfectSubtrees({ first: 0, end: size });
    expect(subtrees).toHaveLength(8); // bits of 10,000,000
    expect(perfectSubtrees({ first: 0, end: 2 ** 53 - 1 })).toHaveLength(53);
    const tree = new GrowingTree(2 ** 40, [EMPTY_ROOT]);
    tree.append(EMPTY_ROOT);
    expect([tree.size, tree.subtrees.length]).toEqual([2 ** 40 + 1, 2]);
  });
});

describe('an inclusion proof', () => {
  it(`is that of the recursive definition, and holds, for every leaf of every size to ${SIZES}`, () => {
    for (let size = 1; size <= SIZES; size++)
      for (let index = 0; index < size; index++) {
        const proof = proofOf(planInclusion(index, size), hashOf);
        const wanted = oracle.path(index, 0, size);
        if (Buffer.compare(Buffer.concat(proof), Buffer.concat(wanted)) !== 0)
          throw new Error(`leaf ${index} of ${size} has another proof`);
        if (!isIncluded({ index, size }, oracle.mth(index, index + 1), proof, oracle.mth(0, size)))
          throw new Error(`the proof of leaf ${index} of ${size} does not hold`);
      }
  });

  const some = fc
    .integer({ min: 2, max: SIZES })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1), other: fc.nat(size - 1) }));

  it('holds for its own leaf, place, tree and hashes only', () => {
    fc.assert(
      fc.property(some, ({ size, index, other }) => {
        const proof = proofOf(planInclusion(index, size), hashOf);
        const [leaf, root] = [oracle.mth(index, index + 1), oracle.mth(0, size)];
        expect(isIncluded({ index: other, size }, leaf, proof, root)).toBe(other === index);
        expect(isIncluded({ index, size }, oracle.mth(other, other + 1), proof, root)).toBe(other === index);
        expect(isIncluded({ index, size }, leaf, proof, flipped(root))).toBe(false);
        expect(isIncluded({ index, size }, leaf, [...proof, root], root)).toBe(false);
        expect(isIncluded({ index, size }, leaf, proof.slice(1), root)).toBe(false);
        for (const [at, hash] of proof.entries()) {
          expect(isIncluded({ index, size }, leaf, proof.with(at, flipped(hash)), root)).toBe(false);
          expect(isIncluded({ index, size }, leaf, proof.with(at, hash.subarray(1)), root)).toBe(false);
        }
      }),
    );
  });

  it('is refused for a leaf that is not there, and null where one claims it', () => {
    for (const [index, size] of [
      [0, 0],
      [1, 1],
      [-1, 3],
      [0.5, 3],
      [0, -1],
      [0, 2 ** 53],
      [Number.NaN, 3],
    ] as const) {
      expect(() => planInclusion(index, size)).toThrow(expect.objectContaining({ code: 'MERKLE_NO_PROOF' }));
      expect(rootFromInclusion({ index, size }, EMPTY_ROOT, [])).toBeNull();
    }
  });

  it('counts beyond 32 bits', () => {
    const [index, size] = [2 ** 40 + 5, 2 ** 41 + 3];
    const nodes = nodesOf(planInclusion(index, size));
    const proof = proofOf(planInclusion(index, size), () => EMPTY_ROOT);
    expect(Math.max(...nodes.map(({ level }) => level))).toBe(40);
    expect(rootFromInclusion({ index, size }, EMPTY_ROOT, proof)).not.toBeNull();
    expect(rootFromInclusion({ index, size }, EMPTY_ROOT, proof.slice(1))).toBeNull();
  });
});

describe('a consistency proof', () => {
  it(`is that of the recursive definition, and holds, between all sizes to ${SIZES}`, () => {
    for (let to = 1; to <= SIZES; to++)
      for (let from = 1; from <= to; from++) {
        const proof = proofOf(planConsistency(from, to), hashOf);
        if (Buffer.compare(Buffer.concat(proof), Buffer.concat(oracle.proof(from, to))) !== 0)
          throw new Error(`${from} and ${to} leaves have another proof`);
        const heads = [
          { size: from, root: oracle.mth(0, from) },
          { size: to, root: oracle.mth(0, to) },
        ] as const;
        if (!isConsistent(...heads, proof)) throw new Error(`the proof from ${from} to ${to} leaves does not hold`);
      }
  });

  it('does not hold for another root, another size, or with other hashes', () => {
    const some = fc
      .integer({ min: 2, max: SIZES })
      .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to - 1 }) }));
    fc.assert(
      fc.property(some, ({ from, to }) => {
        const proof = proofOf(planConsistency(from, to), hashOf);
        const [earlier, later] = [
          { size: from, root: oracle.mth(0, from) },
          { size: to, root: oracle.mth(0, to) },
        ];
        expect(isConsistent({ ...earlier, root: flipped(earlier.root) }, later, proof)).toBe(false);
        expect(isConsistent(earlier, { ...later, root: flipped(later.root) }, proof)).toBe(false);
        expect(isConsistent(later, earlier, proof)).toBe(false);
        expect(isConsistent(earlier, later, proof.slice(1))).toBe(false);
        expect(isConsistent(earlier, later, [...proof, later.root])).toBe(false);
        for (const [at, hash] of proof.entries())
          expect(isConsistent(earlier, later, proof.with(at, flipped(hash)))).toBe(false);
      }),
    );
  });

  it('is refused from nothing, and from more to less', () => {
    const head = (size: number) => ({ size, root: EMPTY_ROOT });
    for (const [from, to] of [
      [0, 1],
      [2, 1],
      [-1, 2],
      [1.5, 2],
      [1, 2 ** 53],
    ] as const) {
      expect(() => planConsistency(from, to)).toThrow(expect.objectContaining({ code: 'MERKLE_NO_PROOF' }));
      expect(isConsistent(head(from), head(to), [])).toBe(false);
    }
    expect(isConsistent(head(3), head(3), [])).toBe(true);
    expect(isConsistent(head(3), head(3), [EMPTY_ROOT])).toBe(false);
  });
});

it('proves an entry among others that are all at hand', () => {
  for (const size of [1, 2, 3, 7, 8, 100])
    for (let index = 0; index < size; index++) {
      const proof = proverOf(entries.slice(0, size))(index);
      const root = rootFromInclusion({ index, size }, leafHash(entries[index] ?? Buffer.alloc(0)), proof);
      expect(root).toEqual(oracle.mth(0, size));
    }
});

it('has the same root from some leaves and the subtrees between them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: SIZES }), fc.array(fc.nat(SIZES - 1), { maxLength: 12 }), (size, some) => {
      const known = [...new Set(some)].filter((index) => index < size).sort((a, b) => a - b);
      const tree = new GrowingTree();
      for (const index of [...known, size]) {
        for (const node of perfectSubtrees({ first: tree.size, end: index }))
          tree.appendSubtree(node.level, hashOf(node));
        if (index < size) tree.append(leafHash(entries[index] ?? Buffer.alloc(0)));
      }
      expect(tree.root()).toEqual(oracle.mth(0, size));
      if (size % 2 === 1) expect(() => tree.appendSubtree(1, Buffer.alloc(32))).toThrow('no subtree');
    }),
  );
});
