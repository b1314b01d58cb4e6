import type { ArtifactLocks } from '@runledger/artifacts';
import type { Commands } from '@runledger/commands';
import type { PersonStore } from '@runledger/people';
import type { PersonalData } from '@runledger/personal';
import { createErasedArtifacts, type ErasedArtifacts } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { createDeletersRead } from './deleters-read';
import type { Eraser } from './eraser';
import { createErasureReports, type ErasureReports } from './erasure-reports';
import { createRetentionPreview } from './preview-retention';
import { createRetentionReads } from './retention-reads';

export type ErasurePorts = Readonly<{
  source: DataSource;
  commands: Pick<Commands, 'run'>;
  personal: PersonalData;
  people: PersonStore;
  eraser: Pick<Eraser, 'hurry'>;
  /** Of the place of artifacts. */
  locks: Pick<ArtifactLocks, 'check'>;
  /** Of the log, for positions. */
  incarnation: string;
  /** Until less than before is kept, in ms. */
  retentionDelayMs: number;
}>;
export type ErasureRoom = Omit<ErasurePorts, 'source'> &
  Readonly<{
    reports: ErasureReports;
    files: ErasedArtifacts;
    retentionOf: ReturnType<typeof createRetentionReads>;
    deletersOf: ReturnType<typeof createDeletersRead>;
    previewOf: ReturnType<typeof createRetentionPreview>;
  }>;
export const ERASURE_ROOM = Symbol('erasure-room');

export const openErasureRoom = ({ source, ...ports }: ErasurePorts): ErasureRoom => ({
  ...ports,
  reports: createErasureReports(source),
  files: createErasedArtifacts(source),
  retentionOf: createRetentionReads(source),
  deletersOf: createDeletersRead(source),
  previewOf: createRetentionPreview(source, ports.retentionDelayMs),
});
