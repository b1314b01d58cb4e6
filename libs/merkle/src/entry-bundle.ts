import { Fault } from '@runledger/kernel';

/** C2SP tlog-tiles, "Log entries": a length of 16 bits comes before each entry. */
export const MAX_ENTRY_BYTES = 65_535;

/** @throws Fault too-large MERKLE_ENTRY_TOO_LARGE */
export function writeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES)
        throw new Fault('too-large', 'MERKLE_ENTRY_TOO_LARGE', `an entry has at most ${MAX_ENTRY_BYTES} bytes`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @throws Fault invalid MERKLE_BAD_BUNDLE (cut, or more than there should be) */
export function readBundle(bytes: Uint8Array, entries: number): Buffer[] {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const bad = new Fault('invalid', 'MERKLE_BAD_BUNDLE', `these are not ${entries} entries with their lengths`);
  const read: Buffer[] = [];
  let at = 0;
  while (read.length < entries) {
    if (at + 2 > bundle.length) throw bad;
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) throw bad;
    read.push(bundle.subarray(at + 2, end));
    at = end;
  }
  if (at !== bundle.length) throw bad;
  return read;
}
