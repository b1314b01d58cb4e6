export { artifactChoice, s3Settings } from './artifact-settings';
export type {
  Artifacts,
  ByteRange,
  DirectArtifacts,
  DirectUpload,
  Download,
  Opened,
  PutLimits,
  Stored,
} from './artifacts';
export { openArtifactFolder } from './folder';
export { openArtifacts } from './open-artifacts';
