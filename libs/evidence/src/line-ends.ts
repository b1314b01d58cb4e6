const NEWLINE = 0x0a;

/** Where each line of some bytes ends, its newline excluded. What stands behind the last newline is no line. */
export function lineEnds(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  let ends = new Uint32Array(1 + (bytes.length >>> 8));
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (lines === ends.length) {
      const wider = new Uint32Array(2 * lines);
      wider.set(ends);
      ends = wider;
    }
    ends[lines++] = at;
  }
  return ends.slice(0, lines);
}

/** A line of those, by its number. */
export function lineAt(bytes: Buffer, ends: Uint32Array, line: number): Buffer {
  return bytes.subarray(line === 0 ? 0 : (ends[line - 1] ?? 0) + 1, ends[line]);
}

/** Whether the last line has its newline. */
export const endsWithLine = (bytes: Uint8Array, ends: Uint32Array): boolean =>
  bytes.length === (ends.length === 0 ? 0 : (ends.at(-1) ?? 0) + 1);
