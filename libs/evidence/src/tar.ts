import { Fault } from '@runledger/kernel';

/** POSIX.1-2017, pax, "ustar Interchange Format". */
export const TAR_BLOCK = 512;
/** What an archive ends with. */
export const TAR_END: Buffer = Buffer.alloc(2 * TAR_BLOCK);

const MOST_OCTAL = 8 ** 11;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** A name that a bundle may have: it leads nowhere but below the bundle. */
export const isBundleName = (name: string): boolean => name.length <= 100 && NAME.test(name);

function writeSize(header: Buffer, size: number): void {
  if (size < MOST_OCTAL) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  else {
    header[124] = 0x80; // GNU's base 256, which every reader of today knows
    header.writeBigUInt64BE(BigInt(size), 128);
  }
}

/** The one header that a file of a bundle has: nothing in it is left to choose. @throws RangeError */
export function tarHeader(name: string, size: number): Buffer {
  if (!isBundleName(name) || !Number.isSafeInteger(size) || size < 0)
    throw new RangeError('no file of a bundle is called so');
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(name, 0, 'latin1');
  header.write('0000644\u00000000000\u00000000000\u0000', 100, 'latin1');
  writeSize(header, size);
  header.write('00000000000\u0000        0', 136, 'latin1'); // time, eight blanks for the sum, an ordinary file
  header.write('ustar\u000000', 257, 'latin1');
  header.write('0000000\u00000000000\u0000', 329, 'latin1');
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** The zeros behind a file's bytes. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);

export type TarEntry = Readonly<{ name: string; size: number }>;

const bad = (at: number): Fault =>
  new Fault('invalid', 'EVIDENCE_BAD_TAR', `what stands at byte ${at} of the archive is no file of a bundle`);

function sizeOf(header: Buffer): number {
  if (header[124] === 0x80) return Number(header.readBigUInt64BE(128));
  const digits = header.toString('latin1', 124, 135);
  return /^[0-7]{11}$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Reads a header that `tarHeader` wrote, and no other. `at` is where it stands. @throws Fault invalid EVIDENCE_BAD_TAR */
export function readTarHeader(header: Buffer, at: number): TarEntry {
  const [name = ''] = header.toString('latin1', 0, 100).split('\0');
  const size = sizeOf(header);
  if (!isBundleName(name) || !Number.isSafeInteger(size) || !tarHeader(name, size).equals(header)) throw bad(at);
  return { name, size };
}
