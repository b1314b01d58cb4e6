import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a writer sends, each in order and with a sequence of its own. `artifacts` has no batches on the server. */
export type LaneName = 'runs' | 'metrics' | 'console' | 'artifacts';
export const LANES: readonly LaneName[] = ['runs', 'metrics', 'console', 'artifacts'];

/** A place in a lane: the segment's number and the byte in it. */
export type Place = Readonly<{ segment: number; offset: number }>;

export const isBefore = (a: Place, b: Place): boolean =>
  a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);

export const segmentPath = (folder: string, lane: LaneName, segment: number): string =>
  join(folder, `${lane}.${String(segment).padStart(8, '0')}.frames`);
export const ackPath = (folder: string, lane: LaneName): string => join(folder, `${lane}.ack`);

/** Numbers of a lane's segments on disk, ascending. */
export function listSegments(folder: string, lane: LaneName): number[] {
  const name = new RegExp(`^${lane}\\.(\\d{8,})\\.frames$`);
  return readdirSync(folder)
    .flatMap((file) => name.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
