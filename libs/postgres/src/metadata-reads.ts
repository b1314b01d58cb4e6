import type { DataSource } from 'typeorm';
import { createBoardReads } from './board.repository';
import { createCommentReads } from './comment.repository';
import { createExperimentReads } from './experiment.repository';
import { createFingerprintReads } from './fingerprint.repository';
import { createGovernanceReads } from './governance.repository';
import { createLoggedModelReads } from './logged-model.repository';
import { createModelReads } from './model.repository';
import { createNoteReads } from './note.repository';
import { createProjectReads } from './project.repository';
import { createRunReads } from './run.repository';
import { createRunHistoryReads } from './run-history';
import { createRunPartReads } from './run-part.repository';
import { createWebhookReads } from './webhook.repository';

/** Everything that is read from the metadata: current rows only, one workspace at a time. Only the projector writes. */
export const createMetadataReads = (source: DataSource) => ({
  ...createProjectReads(source),
  ...createExperimentReads(source),
  ...createModelReads(source),
  ...createLoggedModelReads(source),
  ...createNoteReads(source),
  ...createBoardReads(source),
  ...createCommentReads(source),
  ...createRunReads(source),
  ...createRunPartReads(source),
  ...createRunHistoryReads(source),
  ...createFingerprintReads(source),
  ...createWebhookReads(source),
  ...createGovernanceReads(source),
});
export type MetadataReads = ReturnType<typeof createMetadataReads>;
