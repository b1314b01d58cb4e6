/** What the controllers are given: the QueryRoom. */
export const ROOM = Symbol('query-room');
/** What the pages come from: WebPages. */
export const WEB = Symbol('query-web');
