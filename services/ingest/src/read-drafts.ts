import { parseStrictJson } from '@runledger/http';
import { Fault, isFault } from '@runledger/kernel';
import { MAX_DRAFTS } from './ingest.schema';

const NEWLINE = 0x0a;
const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

/** A line's value, or the Fault that says why it has none: one bad line must not hide the others. */
function readLine(line: Uint8Array): unknown {
  try {
    return parseStrictJson(line);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

function readLines(bytes: Uint8Array): unknown[] {
  const items: unknown[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) items.push(readLine(line));
    if (items.length > MAX_DRAFTS) break; // refused for their number (see accept)
    start = end + 1;
  }
  return items;
}

function readArray(bytes: Uint8Array): readonly unknown[] {
  const body = parseStrictJson(bytes);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const { events, ...others } = body as { events?: unknown };
    if (Array.isArray(events) && Object.keys(others).length === 0) return events as unknown[];
  }
  throw new Fault('invalid', 'INGEST_BAD_BODY', 'the body must be {"events": […]}');
}

/**
 * The drafts of a body, unchecked.
 * @throws Fault invalid INGEST_BAD_BODY, HTTP_BAD_JSON and its siblings
 */
export const readDrafts = (mediaType: string, bytes: Uint8Array): readonly unknown[] =>
  mediaType === 'application/x-ndjson' ? readLines(bytes) : readArray(bytes);
