import { createHash } from 'node:crypto';
import type { Decision, PlacedDecision, PlacedFact, WebhookEvent } from '@runledger/contracts';

/** What is told of one event, before it has a place in its workspace's feed. */
export type FeedDraft = Readonly<{
  workspace: string;
  event: WebhookEvent;
  /** Digest of what the recorded event is known by. */
  source: Buffer;
  /** ms since 1970. */
  recordedAt: number;
  body: string;
  /** Whom it is for, where it is for one webhook alone. */
  webhook?: string | undefined;
  /** Where the run lies that it is about, for webhooks that are told of some runs. */
  project?: string | null | undefined;
  experiment?: string | null | undefined;
}>;

export type Told = Readonly<{ event: WebhookEvent; data: object }>;

const RUN_EVENTS = { finished: 'run.finished', failed: 'run.failed', killed: 'run.killed' } as const;

/** MLflow's shape: entity, action, timestamp, data. */
export function bodyOf({ event, data }: Told, workspace: string, recordedAt: number): string {
  const [entity, action] = event.split('.');
  const timestamp = new Date(recordedAt).toISOString().replace('Z', '+00:00');
  return JSON.stringify({ entity, action, timestamp, data, workspace });
}

export const draftsOf = (told: readonly Told[], workspace: string, recordedAt: number, identity: string): FeedDraft[] =>
  told.map((one, n) => ({
    workspace,
    event: one.event,
    source: createHash('sha256').update(`${identity}\n${n}`).digest(),
    recordedAt,
    body: bodyOf(one, workspace, recordedAt),
  }));

const tagsOf = (tags: ReadonlyArray<{ key: string; value: string }>): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

/** The model whose name a decision's telling needs, or null where it needs none. */
export const modelToldOf = ({ type, data }: Decision): string | null =>
  type === 'version.created' ||
  type === 'version.tagged' ||
  type === 'version.untagged' ||
  type === 'alias.moved' ||
  type === 'alias.removed'
    ? data.model
    : null;

/** `name` is what the model was called then. */
function told(decision: Decision, name: string): Told[] {
  const { type, data } = decision;
  switch (type) {
    case 'model.created': {
      const { tags, description } = data;
      return [{ event: 'registered_model.created', data: { name: data.name, tags: tagsOf(tags), description } }];
    }
    case 'version.created': {
      const { source, run = null, tags, description } = data;
      const version = String(data.version);
      const more = { source, run_id: run, tags: tagsOf(tags), description: description === '' ? null : description };
      return [{ event: 'model_version.created', data: { name, version, ...more } }];
    }
    case 'version.tagged':
      return data.tags.map((tag) => ({
        event: 'model_version_tag.set',
        data: { name, version: String(data.version), ...tag },
      }));
    case 'version.untagged':
      return data.keys.map((key) => ({
        event: 'model_version_tag.deleted',
        data: { name, version: String(data.version), key },
      }));
    case 'alias.moved':
      return [
        { event: 'model_version_alias.created', data: { name, alias: data.alias, version: String(data.version) } },
      ];
    case 'alias.removed':
      return [{ event: 'model_version_alias.deleted', data: { name, alias: data.alias } }];
    default:
      return []; // of what else is decided nobody can ask to be told
  }
}

export const entriesOfDecision = ({ workspace, event }: PlacedDecision, name: string): FeedDraft[] =>
  draftsOf(told(event, name), workspace, Date.parse(event.time), event.id);

/** Of a run's facts, its ends. */
export function entriesOfFact({ workspace, run, at, event }: PlacedFact): FeedDraft[] {
  if (event.type !== 'run.finished') return [];
  const { outcome, message = null, finishedAt = event.time } = event.data;
  const data = { run_id: run, status: outcome, message, finished_at: finishedAt };
  return draftsOf([{ event: RUN_EVENTS[outcome], data }], workspace, at.time, `run/${run}\n${event.id}`);
}
