import { createLogger } from '@runledger/kernel';
import { openKafkaLog } from '../src/kafka/kafka-log';
import type { NativeLog } from '../src/log';
import { openPostgresLog } from '../src/postgres/postgres-log';

/** Where a log is, in a form that can be handed to another process. Sessions are short, so that tests need not wait. */
export type LogPlace =
  | Readonly<{ kind: 'postgres'; url: string; tailBytes?: number }>
  | Readonly<{ kind: 'kafka'; brokers: readonly string[] }>;

export const SESSION_MS = 2_500;

const logger = createLogger('bus', 'silent');

export function openPlace(place: LogPlace): Promise<NativeLog> {
  return place.kind === 'kafka'
    ? openKafkaLog({ brokers: place.brokers, logger, sessionMs: SESSION_MS })
    : openPostgresLog({ ...place, logger, sessionMs: SESSION_MS, beatMs: 400 });
}
