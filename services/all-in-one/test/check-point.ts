import { createHash } from 'node:crypto';
import { readMetricBatch } from '@runledger/contracts';
import { isIncluded, leafHash, parseVerifierKey, verifyTlogProof } from '@runledger/merkle';

/** A point as it is proven. */
export type ProvenPoint = {
  time: string;
  value: number | string;
  ordinal: number;
  message: string;
  line: { text: string; index: number; size: number; proof: string[] };
  leaf: { index: number; entry: string; proof: string };
};

/** Checks a point with nothing but what came with it, and the key. Answers the point as the message has it. */
export function checkPoint({ ordinal, message, line, leaf }: ProvenPoint, verifierKey: string) {
  const key = parseVerifierKey(verifierKey);
  verifyTlogProof(leaf.proof, Buffer.from(leaf.entry), { origin: key.name, keys: [key] });
  const { segment } = JSON.parse(leaf.entry) as { segment: { root: string } };
  const proof = line.proof.map((hash) => Buffer.from(hash, 'base64'));
  expect(isIncluded(line, leafHash(Buffer.from(line.text)), proof, Buffer.from(segment.root, 'hex'))).toBe(true);
  const bytes = Buffer.from(message, 'base64');
  const { digest } = JSON.parse(line.text) as { digest: string };
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
  const { run, keys, keyIndex, steps, times, values, writer, id } = readMetricBatch(bytes);
  return {
    run,
    key: keys[keyIndex[ordinal] ?? -1],
    step: steps[ordinal],
    time: times[ordinal],
    value: values[ordinal],
    writer,
    id,
  };
}
