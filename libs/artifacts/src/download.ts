import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from './artifacts';

type Artifact = Readonly<{ path: string; digest: string; size: number; mediaType: string }>;
/** How a download is answered; `range` is what to open, null for no bytes at all, undefined for all of them. */
export type DownloadAnswer = Readonly<{
  status: 200 | 206 | 304 | 416;
  headers: Readonly<Record<string, string>>;
  range?: ByteRange | null;
}>;

/** Type and subtype, and simple parameters: what a client said about bytes must not become another header. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w-]+=[\w."-]+)*$/;

function disposition(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(-100) || 'artifact';
  const exact = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

const within = (first: number, last: number, size: number): ByteRange | null =>
  first < size ? { first, last: Math.min(last, size - 1) } : null;

/** The one range that is asked for; null when it cannot be met; undefined for all bytes, as with ranges that nobody needs. */
function rangeOf(text: string, size: number): ByteRange | null | undefined {
  const [, start, end] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text.trim()) ?? [];
  if (!start && !end) return undefined;
  if (!start) return within(Math.max(0, size - Number(end)), size, size);
  if (!end) return within(Number(start), size, size);
  return Number(end) < Number(start) ? undefined : within(Number(start), Number(end), size);
}

const lists = (header: string, tag: string): boolean =>
  header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag || one.trim() === '*');

/**
 * Bytes that anybody may have stored are handed out so that no browser runs them: as an attachment, never guessed at, and
 * in a sandbox that may load nothing.
 */
export function downloadOf(artifact: Artifact, asked: IncomingHttpHeaders): DownloadAnswer {
  const { digest, size, mediaType, path } = artifact;
  const etag = `"${digest}"`;
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': MEDIA_TYPE.test(mediaType) ? mediaType : 'application/octet-stream',
    'content-disposition': disposition(path),
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  };
  if (asked['if-none-match'] !== undefined && lists(asked['if-none-match'], etag))
    return { status: 304, headers, range: null };
  const sameAsBefore = asked['if-range'] === undefined || asked['if-range'] === etag;
  const range = asked.range !== undefined && sameAsBefore ? rangeOf(asked.range, size) : undefined;
  if (range === undefined) return { status: 200, headers: { ...headers, 'content-length': String(size) } };
  if (range === null) return { status: 416, headers: { 'content-range': `bytes */${size}` }, range };
  const length = { 'content-length': String(range.last - range.first + 1) };
  const place = { 'content-range': `bytes ${range.first}-${range.last}/${size}` };
  return { status: 206, headers: { ...headers, ...length, ...place }, range };
}
