import type { ChangeOf, ModelStage, Tag, VERSION_DECISIONS } from '@runledger/contracts';
import { withoutTags, withTags } from './tags';

export type VersionChange = ChangeOf<typeof VERSION_DECISIONS>;

export type ModelVersion = Readonly<{
  source: string;
  location: string;
  run: string | null;
  runLink: string | null;
  loggedModel: string | null;
  description: string;
  stage: ModelStage;
  tags: readonly Tag[];
}>;

const unseenVersion: ModelVersion = {
  source: '',
  location: '',
  run: null,
  runLink: null,
  loggedModel: null,
  description: '',
  stage: 'None',
  tags: [],
};

/** Total. Null: there is no such version, or no more. */
export function evolveVersion(before: ModelVersion | null, event: VersionChange): ModelVersion | null {
  const version = before ?? unseenVersion;
  switch (event.type) {
    case 'version.created': {
      const { source, location, run = null, runLink = null, loggedModel = null, description, tags } = event.data;
      return { source, location, run, runLink, loggedModel, description, stage: 'None', tags: withTags([], tags) };
    }
    case 'version.described':
      return { ...version, description: event.data.description };
    case 'version.staged':
      return { ...version, stage: event.data.to };
    case 'version.tagged':
      return { ...version, tags: withTags(version.tags, event.data.tags) };
    case 'version.untagged':
      return { ...version, tags: withoutTags(version.tags, event.data.keys) };
    case 'version.deleted':
      return null;
    default:
      return event satisfies never;
  }
}
