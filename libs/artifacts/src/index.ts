export { type ArtifactDoor, NO_POLICIES } from './artifact-door';
export { artifactChoice, artifactSettings, s3Settings } from './artifact-settings';
export type {
  ArtifactLocks,
  Artifacts,
  ByteRange,
  DirectArtifacts,
  DirectUpload,
  Download,
  Opened,
  PutLimits,
  Stored,
} from './artifacts';
export { type DownloadAnswer, downloadOf } from './download';
export { openArtifactFolder } from './folder';
export type { KeptTexts } from './kept-texts';
export type { LockedBucket } from './locked-bucket';
export { type LockedPlace, openLockedPlace } from './locked-place';
export { openArtifacts } from './open-artifacts';
export { openKeptTexts } from './open-texts';
export { type ErasedBytes, tellErased } from './tell-erased';
export { type ExpiredBytes, tellExpired } from './tell-expired';
