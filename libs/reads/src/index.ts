export { createAsOf, type LogPast, type ResolveAsOf } from './as-of';
export { type Bell, createBell } from './bell';
export { createGoals, type Goals, type LogEnds } from './freshness';
export { createPageTokens, type PageTokens } from './page-tokens';
export { allPlaces, type Place, partitionName, placeName, placesOf, type Scope, topicsOf, type Use } from './places';
export { createSeriesReads, type SeriesReads } from './series-reads';
export { shareCalls } from './shared-calls';
export { readsThatEnd } from './store-faults';
export { createGoalWaiter, type GoalWaiter } from './wait-for-goal';
