import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault, uuidv7 } from '@runledger/kernel';
import { type KeptTexts, otherText } from './kept-texts';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;
const away = (cause: unknown): Fault =>
  new Fault('unavailable', 'ARTIFACTS_AWAY', 'the texts cannot be reached', { cause });

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw away(error);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** A text is there whole or not at all, also after a power cut. */
async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${uuidv7()}.part`;
  const file = await open(part, 'wx', 0o444);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(part, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if ((await readText(path)) !== text) throw otherText(path);
  } finally {
    await rm(part, { force: true });
  }
  await syncFolder(dirname(path));
}

export const textsInFolder = (root: string): KeptTexts => ({
  put: (name, text) =>
    writeText(join(root, name), text).catch((error: unknown) => {
      throw error instanceof Fault ? error : away(error);
    }),
  get: (name) => readText(join(root, name)),
});
