import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockedPlace, openLockedPlace } from '@runledger/artifacts';
import { Fault } from '@runledger/kernel';
import type { Outbound } from '@runledger/outbound';
import type { SinkName, Undelivered } from '@runledger/postgres';

/** Where checkpoints go that must be out of the operator's reach. The same one again has no second effect. */
export interface CheckpointSink extends SinkName {
  /** Resolves once the sink has it. @throws Fault unavailable NOTARY_SINK_AWAY, bug NOTARY_TWO_NOTES */
  deliver(checkpoint: Undelivered): Promise<void>;
}

/** How long checkpoints in a bucket stay locked, and how the bucket is reached. */
export type SinkLock = Omit<LockedPlace, 'place'>;

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o444);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** One file for a size, which is there whole or not at all, and is never written again: <folder>/<workspace>/<size>. */
function fileSink(folder: string): CheckpointSink {
  return {
    name: folder,
    kind: 'folder',
    async deliver({ workspace, size, note }) {
      const path = join(folder, workspace, String(size));
      await mkdir(join(folder, workspace), { recursive: true });
      const part = `${path}.${process.pid}.part`;
      await rm(part, { force: true });
      await writeSynced(part, note);
      try {
        await link(part, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if ((await readFile(path, 'utf8')) !== note)
          throw new Fault('bug', 'NOTARY_TWO_NOTES', `${path} is another checkpoint of that size`);
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}

/** The note is posted, as it is; any 2xx says that it is kept. */
function httpSink(url: string, outbound: Outbound): CheckpointSink {
  return {
    name: url,
    kind: 'url',
    async deliver({ workspace, size, note }) {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const answer = await outbound.call({ method: 'POST', url, headers, body: note }).catch((cause: unknown) => {
        throw new Fault('unavailable', 'NOTARY_SINK_AWAY', `${url} did not take a checkpoint`, { cause });
      });
      if (answer.status < 200 || answer.status > 299)
        throw new Fault('unavailable', 'NOTARY_SINK_AWAY', `${url} answered ${answer.status} to ${workspace}/${size}`);
    },
  };
}

/** A bucket of S3 with Object Lock: nobody can take the checkpoint back before its time. */
async function lockedSink(place: LockedPlace): Promise<CheckpointSink> {
  const bucket = await openLockedPlace(place);
  return {
    name: place.place,
    kind: 'bucket',
    deliver: ({ workspace, size, note }) => bucket.put(`${workspace}/${size}`, note),
  };
}

/**
 * A folder, the URL of something that takes notes, or s3://bucket/prefix, where `locked` says how to get there.
 * @throws Fault invalid ARTIFACTS_BAD_PLACE
 */
export async function openSink(
  place: string,
  outbound: Outbound,
  locked: SinkLock = { days: 3_650 },
): Promise<CheckpointSink> {
  if (/^https?:\/\//.test(place)) return httpSink(place, outbound);
  return place.startsWith('s3://') ? lockedSink({ ...locked, place }) : fileSink(place);
}
