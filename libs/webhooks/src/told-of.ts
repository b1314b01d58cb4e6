import type { Claim } from './claims';
import type { FeedEntry } from './feed';

/** Whether an entry of the feed is for this webhook: an event that it asks for, of the runs that it is for. */
export function isTold(
  { webhook, events, scope }: Pick<Claim, 'webhook' | 'events' | 'scope'>,
  entry: Pick<FeedEntry, 'event' | 'webhook' | 'project' | 'experiment'>,
): boolean {
  if (!events.includes(entry.event)) return false;
  // What is for one alone was found in its scope of then, and is sent again where that is asked for.
  if (entry.webhook !== null) return entry.webhook === webhook;
  return scope === null || entry[scope.kind] === scope.id;
}
