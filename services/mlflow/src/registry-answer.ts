import { int64 } from '@runledger/contracts';
import type { AliasRecord, FoundVersion, ModelRecord, VersionRecord } from '@runledger/postgres';
import { z } from 'zod';

const tag = z.object({ key: z.string(), value: z.string() });
const stage = z.enum(['None', 'Staging', 'Production', 'Archived']);

export const versionAnswer = z.object({
  name: z.string(),
  version: z.string(),
  creation_timestamp: int64,
  last_updated_timestamp: int64,
  current_stage: stage,
  description: z.string().optional(),
  user_id: z.string(),
  source: z.string(),
  run_id: z.string().optional(),
  run_link: z.string().optional(),
  model_id: z.string().optional(),
  status: z.literal('READY'),
  tags: z.array(tag),
  aliases: z.array(z.string()),
});

export const modelAnswer = z.object({
  name: z.string(),
  creation_timestamp: int64,
  last_updated_timestamp: int64,
  description: z.string().optional(),
  latest_versions: z.array(versionAnswer),
  tags: z.array(tag),
  aliases: z.array(z.object({ alias: z.string(), version: z.string() })),
});

const unlessEmpty = (text: string): string | undefined => (text === '' ? undefined : text);

/** `aliases` may hold those of other models and versions. */
export function versionAnswerOf(
  { model, version }: FoundVersion,
  aliases: readonly AliasRecord[],
): z.output<typeof versionAnswer> {
  const { value } = version;
  return {
    name: model.value.name,
    version: version.name,
    creation_timestamp: value.createdAt ?? value.changedAt,
    last_updated_timestamp: value.changedAt,
    current_stage: value.stage,
    description: unlessEmpty(value.description),
    user_id: value.createdBy,
    source: value.source,
    run_id: value.run ?? undefined,
    run_link: value.runLink ?? undefined,
    model_id: value.loggedModel ?? undefined,
    status: 'READY',
    tags: value.tags.map(({ key, value: text }) => ({ key, value: text })),
    aliases: aliases
      .filter((one) => one.id === model.id && String(one.value.version) === version.name)
      .map((one) => one.name),
  };
}

/** `latest` are the newest versions of each stage, and may hold those of other models. */
export const modelAnswerOf = (
  model: ModelRecord,
  latest: readonly VersionRecord[],
  aliases: readonly AliasRecord[],
): z.output<typeof modelAnswer> => ({
  name: model.value.name,
  creation_timestamp: model.value.createdAt ?? model.value.changedAt,
  last_updated_timestamp: model.value.changedAt,
  description: unlessEmpty(model.value.description),
  latest_versions: latest
    .filter((version) => version.id === model.id)
    .map((version) => versionAnswerOf({ model, version }, aliases)),
  tags: model.value.tags.map(({ key, value }) => ({ key, value })),
  aliases: aliases
    .filter((one) => one.id === model.id)
    .map((one) => ({ alias: one.name, version: String(one.value.version) })),
});
