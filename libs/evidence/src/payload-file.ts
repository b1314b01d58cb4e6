import { isFault } from '@runledger/kernel';
import { saltedDigest } from '@runledger/merkle';
import { endsWithLine, lineAt, lineEnds } from './line-ends';
import { readPayloadLine } from './payload-line';
import { TextTable } from './text-table';

/** Of a digest in hexadecimal, as leaves have it. */
export const DIGEST_LETTERS = 64;

/** A file of payloads that was looked at by itself, in columns, as LeafFile is. */
export type PayloadFile = Readonly<{
  bytes: Uint8Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
  isWhole: boolean;
  /** How many lines from the first on are payloads. The columns are as long. */
  payloads: number;
  /** Whose payloads they say that they are. */
  indexes: Float64Array<ArrayBuffer>;
  /** What leaves have to commit to, in hexadecimal, one behind the other. */
  digests: Uint8Array<ArrayBuffer>;
  /** Types of events; '' is a record that could not be read. */
  types: readonly string[];
  typeOf: Uint32Array<ArrayBuffer>;
}>;

/** Pure. What is wrong with a line is said by who comes to it. */
export function readPayloadFile(bytes: Buffer<ArrayBuffer>): PayloadFile {
  const ends = lineEnds(bytes);
  const indexes = new Float64Array(ends.length);
  const digests = Buffer.allocUnsafeSlow(ends.length * DIGEST_LETTERS);
  const types = new TextTable();
  const typeOf = new Uint32Array(ends.length);
  let payloads = 0;
  try {
    for (; payloads < ends.length; payloads++) {
      const { index, salt, payload, committed } = readPayloadLine(lineAt(bytes, ends, payloads));
      indexes[payloads] = index;
      digests.write(saltedDigest(salt, committed), payloads * DIGEST_LETTERS, 'latin1');
      typeOf[payloads] = types.numberOf('event' in payload ? payload.event.type : '');
    }
  } catch (error) {
    if (!isFault(error)) throw error; // what a line that is no payload does
  }
  return { bytes, ends, isWhole: endsWithLine(bytes, ends), payloads, indexes, digests, types: types.texts, typeOf };
}
