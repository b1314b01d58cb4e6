import type { ChangeOf, Link, ModelStage, Tag, VERSION_DECISIONS } from '@runledger/contracts';
import { withLinks } from './links';
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
  links: readonly Link[];
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
  links: [],
};

/** Total. Null: there is no such version, or no more. */
export function evolveVersion(before: ModelVersion | null, event: VersionChange): ModelVersion | null {
  const version = before ?? unseenVersion;
  switch (event.type) {
    case 'version.created': {
      const { source, location, run = null, runLink = null, loggedModel = null, description, tags } = event.data;
      return { ...unseenVersion, source, location, run, runLink, loggedModel, description, tags: withTags([], tags) };
    }
    case 'version.described':
      return { ...version, description: event.data.description };
    case 'version.staged':
      return { ...version, stage: event.data.to };
    case 'version.tagged':
      return { ...version, tags: withTags(version.tags, event.data.tags) };
    case 'version.untagged':
      return { ...version, tags: withoutTags(version.tags, event.data.keys) };
    case 'version.linked':
      return { ...version, links: withLinks(version.links, event.data.links) };
    case 'version.deleted':
      return null;
    default:
      return event satisfies never;
  }
}
