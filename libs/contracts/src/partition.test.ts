import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from './partition';
import { partitionOfRun, partitionsOf, recordKey, runOfSubject, runSubject, TOPIC_LIST } from './topics';

describe('partitions', () => {
  // org.apache.kafka.common.utils.UtilsTest.testMurmur2
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('hash %s as Kafka does', (text, hash) => expect(murmur2(Buffer.from(text))).toBe(hash));

  it('are those that a Kafka client chooses for any key', () => {
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({
      partitionId,
      leader: 0,
      partitionErrorCode: 0,
      replicas: [],
      isr: [],
    }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        const chosen = choose({ topic: 't', partitionMetadata, message: { key, value: null } });
        expect(partitionOf(key, 6)).toBe(chosen);
      }),
      { numRuns: 1_000 },
    );
  });

  it('hold all of one run, and never change for a topic of this name', () => {
    expect(TOPIC_LIST.map((topic) => [topic.name, topic.partitions])).toEqual([
      ['runledger.runs.v1', 6],
      ['runledger.metrics.v1', 6],
      ['runledger.console.v1', 6],
      ['runledger.catalog.v1', 6],
      ['runledger.dead.v1', 1],
    ]);
    expect(partitionOfRun('runs', 'default', 'r1')).toBe(partitionOfRun('metrics', 'default', 'r1'));
    expect(partitionOfRun('runs', 'default', 'r1')).toBe(
      partitionOf('default/run/r1', partitionsOf('runledger.runs.v1')),
    );
    expect(() => partitionsOf('other')).toThrow(RangeError);
  });

  it('take keys in which no two workspaces or subjects are one', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,9}$/);
    const workspace = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,5}$/);
    fc.assert(
      fc.property(workspace, id, workspace, id, (w1, r1, w2, r2) => {
        const same = recordKey(w1, runSubject(r1)) === recordKey(w2, runSubject(r2));
        expect(same).toBe(w1 === w2 && r1 === r2);
        expect(runOfSubject(runSubject(r1))).toBe(r1);
      }),
    );
    expect(runOfSubject('experiment/e1')).toBeNull();
  });
});
