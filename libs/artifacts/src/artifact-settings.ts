import { flag, settings } from '@runledger/kernel';
import { z } from 'zod';
import type { ArtifactChoice } from './open-artifacts';

/** Settings of every room that opens artifacts, beside RUNLEDGER_ARTIFACTS. Keys are found as Amazon's own tools find them. */
export const s3Settings = {
  ...settings.s3,
  RUNLEDGER_S3_PUBLIC_ENDPOINT: z.url().optional().describe('URL by which clients reach the same store'),
  RUNLEDGER_S3_DIRECT: flag
    .default(true)
    .describe('off moves all bytes through this server, where clients cannot reach the store'),
} as const;

/** The same with where they lie, in a process that may begin with a folder beside it. */
export const artifactSettings = {
  RUNLEDGER_ARTIFACTS: z
    .string()
    .min(1)
    .default('.runledger/artifacts')
    .describe('where artifacts lie: a folder, or s3://bucket/prefix'),
  ...s3Settings,
} as const;

type Settings = Readonly<z.output<z.ZodObject<typeof s3Settings>> & { RUNLEDGER_ARTIFACTS: string }>;

/** What the settings say about where artifacts lie. */
export function artifactChoice(config: Settings): ArtifactChoice {
  const { RUNLEDGER_S3_REGION: region, RUNLEDGER_S3_ENDPOINT: endpoint } = config;
  const { RUNLEDGER_S3_PUBLIC_ENDPOINT: publicEndpoint, RUNLEDGER_S3_DIRECT: direct } = config;
  return { place: config.RUNLEDGER_ARTIFACTS, s3: { region, endpoint, publicEndpoint, direct } };
}
