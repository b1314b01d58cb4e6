import { z } from 'zod';
import { entityId } from './names';

export const artifactDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Bytes that go with what is said of somebody. `runs` are those in which they were named: where others have the same bytes, they stay. */
export const erasedArtifact = z.strictObject({
  digest: artifactDigest,
  runs: z.array(entityId).min(1).max(1_000),
});
export type ErasedArtifact = z.output<typeof erasedArtifact>;
