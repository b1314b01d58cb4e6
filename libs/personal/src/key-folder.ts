import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Fault, failpoint } from '@runledger/kernel';
import { z } from 'zod';
import type { KeyEncryption } from './key-encryption';
import { openText, type SubjectKey, sealText } from './sealed-texts';

const KEY_BYTES = 32;
const ID_BYTES = 16;

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | null)?.code === code;

/** One subject of a workspace: whom some text names, or an actor. `name` tells both apart, and one from the other. */
export type Subject = SubjectKey & Readonly<{ name: string }>;
/** What is left of one whose key was destroyed. */
export type Erased = Readonly<{ erasure: string; at: string }>;

const keyFile = z.object({ key: z.string(), name: z.string() });
const erasedFile = z.object({ erasure: z.string(), at: z.string() });

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Under another name first: whoever sees the file sees all of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeSynced(beside, text);
  await rename(beside, file);
  await syncFolder(path.dirname(file));
}

async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolder(path.dirname(file));
}

const UNDER_DESTRUCTION = '.destroyed';

/**
 * Under another name first: whoever is killed in between leaves no half of a key where others look for one, and what is left is found when it is
 * asked for again. Overwritten, so that the blocks do not keep what the file had, where the file system writes in place.
 */
async function destroyFile(file: string): Promise<void> {
  const doomed = `${file}${UNDER_DESTRUCTION}`;
  await rename(file, doomed).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  failpoint('erasure.key-taken');
  const handle = await open(doomed, 'r+').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (handle === null) return;
  try {
    await handle.writeFile(randomBytes((await handle.stat()).size));
    await handle.sync();
  } finally {
    await handle.close();
  }
  failpoint('erasure.key-overwritten');
  await removeFile(doomed);
}

type Folders = Readonly<{ keys: string; names: string; erased: string }>;

/**
 * Keys of subjects as files: `keys/<whose>` has the encrypted key and the sealed name, `names/<keyed digest of the name>` says whose
 * it is, `erased/<whose>` stays behind. Processes that share the folder see each other's at once; the folder lies outside of what is backed up with the data.
 */
export class KeyFolder {
  readonly #made = new Map<string, Promise<Folders>>();

  private constructor(
    private readonly folder: string,
    private readonly encryption: KeyEncryption,
    private readonly index: Buffer,
  ) {}

  /** @throws Fault invalid PERSONAL_OTHER_KEY, PERSONAL_KEYS_OPEN */
  static async open(folder: string, encryption: KeyEncryption): Promise<KeyFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (((await stat(folder)).mode & 0o077) !== 0)
      throw new Fault('invalid', 'PERSONAL_KEYS_OPEN', `others may look into ${folder}: chmod 700`);
    const file = path.join(folder, 'index.key');
    if ((await readText(file)) === null) {
      const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
      await writeSynced(beside, (await encryption.encrypt('index', randomBytes(KEY_BYTES))).toString('base64'));
      await link(beside, file).catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      });
      await unlink(beside);
      await syncFolder(folder);
    }
    const encrypted = Buffer.from((await readText(file)) ?? '', 'base64');
    const index = await encryption.decrypt('index', encrypted).catch((cause: unknown) => {
      const message = `the keys in ${folder} are encrypted by another key than this server has`;
      throw new Fault('invalid', 'PERSONAL_OTHER_KEY', message, { cause });
    });
    return new KeyFolder(folder, encryption, index);
  }

  /** A digest that nobody can try texts out on who has not this folder and the key that encrypts it. */
  mark(text: string): string {
    return createHmac('sha256', this.index).update(text).digest('hex');
  }

  #foldersOf(workspace: string): Promise<Folders> {
    const made = this.#made.get(workspace) ?? this.#make(workspace);
    this.#made.set(workspace, made);
    made.catch(() => this.#made.delete(workspace));
    return made;
  }

  async #make(workspace: string): Promise<Folders> {
    const of = (name: string): string => path.join(this.folder, workspace, name);
    const folders = { keys: of('keys'), names: of('names'), erased: of('erased') };
    for (const one of Object.values(folders)) await mkdir(one, { recursive: true, mode: 0o700 });
    return folders;
  }

  #nameFile({ names }: Folders, workspace: string, name: string): string {
    return path.join(names, this.mark(`${workspace}\0${name}`));
  }

  /** The subject of this id; null where it never had a key here, or has none any more. @throws Fault bug SECRETS_SEAL_BROKEN */
  async find(workspace: string, whose: string): Promise<Subject | null> {
    const { keys } = await this.#foldersOf(workspace);
    const text = await readText(path.join(keys, whose));
    if (text === null) return null;
    const { key, name } = keyFile.parse(JSON.parse(text));
    const bytes = await this.encryption.decrypt(`${workspace}/${whose}`, Buffer.from(key, 'base64'));
    const opened = openText({ whose, bytes }, Buffer.from(name, 'base64'));
    if (opened === null) throw new Fault('bug', 'SECRETS_SEAL_BROKEN', `the key of subject ${whose} was changed`);
    return { whose, bytes, name: opened };
  }

  async named(workspace: string, name: string): Promise<Subject | null> {
    const folders = await this.#foldersOf(workspace);
    const whose = await readText(this.#nameFile(folders, workspace, name));
    return whose === null ? null : this.find(workspace, whose);
  }

  /** The subject of this name, with a key that is on disk when it resolves. */
  async provide(workspace: string, name: string): Promise<Subject> {
    const folders = await this.#foldersOf(workspace);
    const file = this.#nameFile(folders, workspace, name);
    for (;;) {
      const known = await this.named(workspace, name);
      if (known !== null) return known;
      const made = { whose: randomBytes(ID_BYTES).toString('base64url'), bytes: randomBytes(KEY_BYTES), name };
      await this.#write(folders, workspace, made);
      if (await this.#claim(file, made.whose)) return made;
      await destroyFile(path.join(folders.keys, made.whose));
      // A name whose key was being destroyed when its process ended.
      const holder = await readText(file);
      if (holder !== null && (await this.find(workspace, holder)) === null) await removeFile(file);
    }
  }

  async #write({ keys }: Folders, workspace: string, { whose, bytes, name }: Subject): Promise<void> {
    const key = (await this.encryption.encrypt(`${workspace}/${whose}`, bytes)).toString('base64');
    const sealed = sealText({ whose, bytes }, name);
    const ciphertext = Buffer.from(sealed.split('~')[3] ?? '', 'base64url').toString('base64');
    await writeWhole(path.join(keys, whose), JSON.stringify({ key, name: ciphertext }));
  }

  /** False where another process was first. */
  async #claim(file: string, whose: string): Promise<boolean> {
    const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeSynced(beside, whose);
    try {
      await link(beside, file);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await unlink(beside);
      await syncFolder(path.dirname(file));
    }
  }

  /** All that have a key. */
  async subjects(workspace: string): Promise<string[]> {
    const { keys } = await this.#foldersOf(workspace);
    return (await readdir(keys)).filter((file) => !file.includes('.'));
  }

  async erased(workspace: string, whose: string): Promise<Erased | null> {
    const { erased } = await this.#foldersOf(workspace);
    const text = await readText(path.join(erased, whose));
    return text === null ? null : erasedFile.parse(JSON.parse(text));
  }

  /**
   * Destroys a subject's key, for ever; once more does nothing. What stays says when and by which erasure. Begun and cut off,
   * it is found by what stays, and is finished when it is asked for again.
   */
  async destroy(workspace: string, whose: string, erased: Erased): Promise<void> {
    const folders = await this.#foldersOf(workspace);
    if ((await this.erased(workspace, whose)) === null)
      await writeWhole(path.join(folders.erased, whose), JSON.stringify(erased));
    failpoint('erasure.stone-laid');
    const subject = await this.find(workspace, whose);
    if (subject !== null) await this.#forgetName(folders, workspace, subject);
    failpoint('erasure.name-forgotten');
    await destroyFile(path.join(folders.keys, whose));
  }

  /** The file says whose the name is, which is a random id: it is no secret. The name may be somebody else's by now. */
  async #forgetName(folders: Folders, workspace: string, { whose, name }: Subject): Promise<void> {
    const file = this.#nameFile(folders, workspace, name);
    if ((await readText(file)) === whose) await removeFile(file);
  }
}
