/** Under this token a room's controller gets the consumer that does its work. */
export const ROOM = Symbol('room');
