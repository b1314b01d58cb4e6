export { advance, type Claim, claimEndpoints, giveBack, putOff } from './claims';
export { type Condition, parseCondition } from './condition';
export {
  type CrossedPoint,
  crossedBefore,
  crossingName,
  noteCrossings,
  readWatches,
  type Watch,
} from './crossings';
export { createWebhookReads, type DeliveryState, type WebhookReads } from './deliveries';
export { applyToEndpoint } from './endpoints';
export { entriesOfDecision, entriesOfFact, type FeedDraft, modelToldOf } from './entries';
export { appendToFeed, type FeedEntry, modelNameAt, readFeed } from './feed';
export { findCrossing, type LoggedPoint, type MetricState } from './find-crossing';
export {
  type Judged,
  type Judgement,
  noteJudgements,
  readJudgements,
  settleJudgement,
  whoAwaitsObjectives,
} from './judgements';
export { openWebhooks, type Webhooks } from './open-webhooks';
export { type FoundCrossing, type PlacedRun, placeCrossings, putOffCrossing, readFound } from './place-crossings';
export { type Posted, post } from './post';
export { isTold } from './told-of';
export { createVault, type Vault } from './vault';
export { waitAfter } from './wait';
export { createWebhookDoor, type SaidWebhookCommand, type WebhookDoor } from './webhook-door';
