import { Fault } from '@runledger/kernel';
import type { z } from 'zod';
import type { TopicKey } from './topics';

/** Turns the data of one retired version into the next one's. Pure and total. */
export type Lift = (data: never) => unknown;

/** The definition of an event: its current schema, and one lift for each retired version (by the version it lifts from). */
export type EventSpec<T extends string = string, D extends z.ZodType = z.ZodType> = Readonly<{
  type: T;
  topic: TopicKey;
  version: number;
  data: D;
  lifts: Readonly<Record<number, Lift>>;
}>;

export const defineEvent = <T extends string, D extends z.ZodType>(spec: EventSpec<T, D>): EventSpec<T, D> => spec;

/** One event as it lies in a message: what it has of its own. The message holds what it shares (see event-batch). */
export type StoredEvent = Readonly<{ id: string; type: string; time: string; dataversion: number; data: unknown }>;
/** One event, lifted to its current version and validated. */
export type EventOf<S extends EventSpec> =
  S extends EventSpec<infer T, infer D>
    ? Readonly<{ id: string; type: T; time: string; dataversion: number; data: z.output<D> }>
    : never;

/**
 * The only way stored data becomes an event: lift to the current version, then validate.
 * @throws Fault invalid CONTRACTS_FROM_FUTURE, CONTRACTS_NO_LIFT, CONTRACTS_BAD_DATA; nothing else
 */
export function readEvent<S extends EventSpec>(spec: S, raw: StoredEvent): EventOf<S> {
  const bad = (code: string, cause?: unknown) =>
    new Fault('invalid', code, `${raw.type} version ${raw.dataversion} cannot be read`, {
      cause,
      context: { id: raw.id },
    });
  if (raw.dataversion > spec.version) throw bad('CONTRACTS_FROM_FUTURE');
  let data = raw.data;
  for (let version = raw.dataversion; version < spec.version; version++) {
    const lift = spec.lifts[version];
    if (lift === undefined) throw bad('CONTRACTS_NO_LIFT');
    data = lift(data as never);
  }
  const parsed = spec.data.safeParse(data);
  if (!parsed.success) throw bad('CONTRACTS_BAD_DATA', parsed.error);
  return { id: raw.id, type: spec.type, time: raw.time, dataversion: spec.version, data: parsed.data } as EventOf<S>;
}
