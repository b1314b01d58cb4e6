import { createHash } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { NoteVerifier } from '@runledger/merkle';
import type { BundleFiles } from './bundle-files';
import { openEnvelope } from './dsse';
import { eachLine } from './lines';
import { type Manifest, readStatement } from './statement';

const MANIFEST = 'manifest.dsse.json';
const SUMS = 'SHA256SUMS';
const MOST_BYTES = 64 * 1024 * 1024;

async function digestOf(bundle: BundleFiles, name: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bundle.read(name)) hash.update(chunk);
  return hash.digest('hex');
}

async function wholeFile(bundle: BundleFiles, name: string): Promise<Buffer> {
  const file = bundle.files.find((one) => one.name === name);
  if (file === undefined)
    throw new Fault('invalid', 'EVIDENCE_MISSING', `${name} is not in the bundle, which may have been cut`);
  if (file.size > MOST_BYTES) throw new Fault('invalid', 'EVIDENCE_BAD_FILE', `${name} is too large to be one`);
  const chunks: Buffer[] = [];
  for await (const chunk of bundle.read(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const textOf = async (bundle: BundleFiles, name: string): Promise<string> =>
  (await wholeFile(bundle, name)).toString();

/**
 * Whether every file is there, none besides, and each as it was signed. Answers what the manifest says.
 * @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_EXTRA, EVIDENCE_BAD_FILE, EVIDENCE_BAD_MANIFEST
 */
export async function verifyFiles(bundle: BundleFiles, keys: readonly NoteVerifier[]): Promise<Manifest> {
  const { sums, manifest } = readStatement(openEnvelope(await wholeFile(bundle, MANIFEST), keys));
  if (bundle.files.some(({ name }) => name === SUMS) && (await digestOf(bundle, SUMS)) !== sums)
    throw new Fault('invalid', 'EVIDENCE_BAD_FILE', `${SUMS} is not the file that was signed`);
  const sizes = new Set(bundle.files.map(({ name }) => name));
  if (!sizes.has(SUMS)) throw new Fault('invalid', 'EVIDENCE_MISSING', `${SUMS} is not in the bundle`);
  const listed = new Set([MANIFEST, SUMS]);
  for await (const line of eachLine(SUMS, bundle.read(SUMS))) {
    const [, digest, name = ''] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line.toString('latin1')) ?? [];
    if (!sizes.has(name)) throw new Fault('invalid', 'EVIDENCE_MISSING', `${name} is not in the bundle`);
    if ((await digestOf(bundle, name)) !== digest)
      throw new Fault('invalid', 'EVIDENCE_BAD_FILE', `${name} is not the file that was signed`);
    if (name.startsWith('artifacts/') && name !== `artifacts/${digest}`)
      throw new Fault('invalid', 'EVIDENCE_BAD_FILE', `${name} has other bytes than its name says`);
    listed.add(name);
  }
  const extra = bundle.files.find(({ name }) => !listed.has(name));
  if (extra !== undefined)
    throw new Fault('invalid', 'EVIDENCE_EXTRA', `${extra.name} is in the bundle, and was not when it was signed`);
  return manifest;
}
