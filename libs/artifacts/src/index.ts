export type { Artifacts, ByteRange, Opened, Stored } from './artifacts';
export { openArtifactFolder } from './folder';
