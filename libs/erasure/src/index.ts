export { ArtifactExpirer, openArtifactExpirer } from './artifact-expirer';
export { ErasureModule } from './erasure.module';
export { type ExpiredSet, openExpiredSet } from './expired-set';
export { Expirer, openExpirer } from './expirer';
export { openErasure } from './open-erasure';
export { createRefusingLog } from './refuse-expired';
