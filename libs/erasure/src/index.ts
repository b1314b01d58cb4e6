export { ArtifactExpirer, openArtifactExpirer } from './artifact-expirer';
export { ErasureModule } from './erasure.module';
export { type ExpiredSet, openExpiredSet } from './expired-set';
export { Expirer, openExpirer } from './expirer';
export { openDeletions } from './open-deletions';
export { openErasure } from './open-erasure';
export { createRefusingLog } from './refuse-expired';
