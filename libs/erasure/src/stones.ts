import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockedPlace, openLockedPlace } from '@runledger/artifacts';
import { entityId, erasedArtifact, workspaceId } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';

const stone = z.strictObject({
  workspace: workspaceId,
  erasure: entityId,
  subjects: z.array(z.string()),
  people: z.array(z.string()),
  artifacts: z.array(erasedArtifact),
  at: z.iso.datetime(),
});
/** What was erased, by random ids and digests. It names nobody. */
export type Stone = z.output<typeof stone>;

/** Where stones lie that no backup of the data has: what they name stays erased, whatever comes back. */
export interface Stones {
  /** Resolves once it is kept. The same one again has no second effect. @throws Fault unavailable, conflict */
  keep(stone: Stone): Promise<void>;
  /** @throws Fault invalid ERASURE_BAD_STONE */
  all(): AsyncIterable<Stone>;
}

function readStone(text: string): Stone {
  try {
    return stone.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('invalid', 'ERASURE_BAD_STONE', 'where RUNLEDGER_ERASURE_STONES points to lies something else', {
      cause,
    });
  }
}

const nameOf = ({ workspace, erasure }: Stone): string => `${workspace}.${erasure}.json`;
const textOf = (one: Stone): string => `${JSON.stringify(stone.parse(one))}\n`;

/** A file each, which is there whole or not at all, and is never written again. */
async function keepFile(folder: string, one: Stone): Promise<void> {
  const path = join(folder, nameOf(one));
  const part = `${path}.${process.pid}.part`;
  const file = await open(part, 'w', 0o444);
  try {
    await file.writeFile(textOf(one));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(part, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(part, { force: true });
}

async function* filesIn(folder: string): AsyncGenerator<Stone> {
  for (const name of await readdir(folder))
    if (name.endsWith('.json')) yield readStone(await readFile(join(folder, name), 'utf8'));
}

async function openFolder(folder: string): Promise<Stones> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return { keep: (one) => keepFile(folder, one), all: () => filesIn(folder) };
}

async function openBucket(place: LockedPlace): Promise<Stones> {
  const bucket = await openLockedPlace(place);
  return {
    keep: (one) => bucket.put(nameOf(one), textOf(one)),
    async *all() {
      for await (const text of bucket.texts()) yield readStone(text);
    },
  };
}

/** A folder, or s3://bucket/prefix with Object Lock. @throws Fault invalid ARTIFACTS_BAD_PLACE */
export const openStones = (place: LockedPlace): Promise<Stones> =>
  place.place.startsWith('s3://') ? openBucket(place) : openFolder(place.place);
