import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync, rmSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FACTS } from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { StagedArtifact } from './deliver';

/** A file by its path, or bytes. Text is given as `{ text }`, so that it is never taken for a path. */
export type ArtifactSource = string | Uint8Array | Readonly<{ text: string }>;
export type ArtifactOptions = Readonly<{ mediaType?: string }>;

const BLOB = 'blob-';
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};

const ODD = /[\u0000-\u001f\u007f\\]/;
const MEDIA_TYPE = /^[\w.+-]{1,99}\/[\w.+-]{1,99}$/;

/** @throws Fault invalid SDK_BAD_ARTIFACT */
function mediaTypeOf(path: string, given: string | undefined): string {
  const type = given ?? MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  if (!MEDIA_TYPE.test(type)) throw new Fault('invalid', 'SDK_BAD_ARTIFACT', `${type} is no media type`);
  return type;
}

/** @throws Fault invalid SDK_BAD_ARTIFACT: a server may read such a path in another way than was meant */
function checkPath(path: string): void {
  const shape = FACTS['artifact.stored'].data.shape.path.safeParse(path);
  const parts = path.split('/');
  if (!shape.success || ODD.test(path) || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new Fault(
      'invalid',
      'SDK_BAD_ARTIFACT',
      `${JSON.stringify(path.slice(0, 100))} cannot be an artifact's path`,
    );
}

function openSource(source: ArtifactSource): Readable {
  if (typeof source === 'string') return createReadStream(source);
  return Readable.from([source instanceof Uint8Array ? source : Buffer.from(source.text)]);
}

const blobBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.startsWith(BLOB))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);

export type StageOptions = Readonly<{ folder: string; limitBytes: number; path: string; source: ArtifactSource }>;

/**
 * Copies an artifact into the writer's folder, synced, and tells its digest: what is sent later is what was there now.
 * @throws Fault invalid SDK_BAD_ARTIFACT, full SDK_SPOOL_FULL or SDK_SPOOL_WRITE
 */
export async function stageArtifact(options: StageOptions, mediaType?: string): Promise<StagedArtifact> {
  const { folder, limitBytes, path, source } = options;
  checkPath(path);
  const type = mediaTypeOf(path, mediaType);
  const room = limitBytes - blobBytes(folder);
  const blob = `${BLOB}${uuidv7()}`;
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      if (size <= room) done(null, chunk);
      else done(new Fault('full', 'SDK_SPOOL_FULL', `${path} does not fit into the spool (limit ${limitBytes} bytes)`));
    },
  });
  try {
    await pipeline(
      openSource(source),
      measure,
      createWriteStream(join(folder, blob), { flags: 'wx', mode: 0o600, flush: true }),
    );
  } catch (cause) {
    rmSync(join(folder, blob), { force: true });
    if (cause instanceof Fault) throw cause;
    throw new Fault('full', 'SDK_SPOOL_WRITE', `${path} cannot be copied into the spool: ${String(cause)}`, { cause });
  }
  return { id: uuidv7(), path, blob, digest: `sha256:${hash.digest('hex')}`, size, mediaType: type };
}
