import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Fault } from '@runledger/kernel';

export type WebFile = Readonly<{ type: string; bytes: Buffer; gzipped(): Promise<Buffer> }>;
/** The web interface as it was built. All of it is in memory: a file's name says its content, and there are few. */
export type WebPages = Readonly<{
  /** The one page, with headers that let it run what we built and nothing else. */
  page(): { html: string; headers: Readonly<Record<string, string>> };
  asset(name: string): WebFile | undefined;
}>;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** Stands in the built page wherever an element needs the nonce of the answer. */
const NONCE = /\{nonce\}/g;
const zip = promisify(gzip);

/** Nothing is loaded from elsewhere, and no inline script or style runs but those that carry this answer's nonce. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

function fileOf(name: string, bytes: Buffer): WebFile {
  let gzipped: Promise<Buffer> | undefined;
  return {
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    bytes,
    gzipped: () => {
      gzipped ??= zip(bytes, { level: 9 });
      return gzipped;
    },
  };
}

/**
 * Reads the folder that the build of services/web writes.
 * @throws Fault missing QUERY_NO_PAGES
 */
export async function openWebPages(folder: string): Promise<WebPages> {
  const template = await readFile(path.join(folder, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new Fault('missing', 'QUERY_NO_PAGES', `${folder} has no pages: run npm run build`, { cause });
  });
  const names = await readdir(path.join(folder, 'assets'));
  const files = await Promise.all(
    names.map(async (name) => [name, fileOf(name, await readFile(path.join(folder, 'assets', name)))] as const),
  );
  const assets = new Map(files);
  return {
    page: () => {
      const nonce = randomBytes(18).toString('base64url');
      return {
        html: template.replace(NONCE, nonce),
        headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policyOf(nonce) },
      };
    },
    asset: (name) => assets.get(name),
  };
}
