import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER, ELSEWHERE, OWNER, readPointer } from './cluster-place';

/** A cluster, and the data folder that it was made for. */
export type LeftCluster = Readonly<{ folder: string; dataDir: string }>;

/** Clusters that lie apart from their data folder, which is gone, or has another one by now. None of them starts by itself again. */
export function leftClusters(place = ELSEWHERE): LeftCluster[] {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .map((name) => join(place, name))
    .filter((folder) => existsSync(join(folder, CLUSTER)) && existsSync(join(folder, OWNER)))
    .map((folder) => ({ folder, dataDir: readFileSync(join(folder, OWNER), 'utf8') }))
    .filter(({ folder, dataDir }) => readPointer(dataDir)?.folder !== folder);
}
