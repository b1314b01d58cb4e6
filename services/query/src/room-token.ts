/** What the controllers are given: the QueryRoom. */
export const ROOM = Symbol('query-room');
