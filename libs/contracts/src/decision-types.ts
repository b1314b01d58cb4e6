import type { EventOf, EventSpec } from './define-event';

/** Events that commands decide, by their types. */
export type Specs = Readonly<Record<string, EventSpec>>;

/** One decision of these. */
export type DecisionOf<S extends Specs> = { [T in keyof S]: EventOf<S[T]> }[keyof S];

/** What a decision says, without its id and place: all that a state depends on. */
export type ChangeOf<S extends Specs> =
  DecisionOf<S> extends infer E
    ? E extends { type: infer T; data: infer D }
      ? Readonly<{ type: T; data: D }>
      : never
    : never;
