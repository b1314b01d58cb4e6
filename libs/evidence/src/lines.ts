import { Fault } from '@runledger/kernel';

/** Longest line of a bundle: a message of the log in base64, and its proof. */
const MOST_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The lines of a file, without their newlines. @throws Fault invalid EVIDENCE_BAD_LINES */
export async function* linesOf(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let kept = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const end = chunk.subarray(from, at);
      yield rest.length === 0 ? end : Buffer.concat([...rest, end]);
      [rest, kept, from] = [[], 0, at + 1];
    }
    rest.push(chunk.subarray(from));
    kept += chunk.length - from;
    if (kept > MOST_BYTES) throw new Fault('invalid', 'EVIDENCE_BAD_LINES', `${name}: a line is too long`);
  }
  if (kept > 0) throw new Fault('invalid', 'EVIDENCE_BAD_LINES', `${name}: its last line has no end`);
}
