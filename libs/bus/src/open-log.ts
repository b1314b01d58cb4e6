import { Fault, type Logger } from '@runledger/kernel';
import { openKafkaLog } from './kafka/kafka-log';
import type { NativeLog } from './log';
import { openPostgresLog } from './postgres/postgres-log';

export type LogChoice = Readonly<{
  kind: 'postgres' | 'kafka';
  postgresUrl: string;
  /** host:port; needed for kafka */
  brokers: readonly string[] | undefined;
  /** Names this process to the brokers. */
  clientId: string;
  logger: Logger;
}>;

/** Opens the log that the settings name. @throws Fault invalid BUS_NO_BROKERS, and what either log throws */
export async function openLog({ kind, postgresUrl, brokers, clientId, logger }: LogChoice): Promise<NativeLog> {
  if (kind === 'postgres') return openPostgresLog({ url: postgresUrl, logger });
  if (brokers === undefined)
    throw new Fault('invalid', 'BUS_NO_BROKERS', 'RUNLEDGER_LOG=kafka needs RUNLEDGER_KAFKA_BROKERS');
  return openKafkaLog({ brokers: [...brokers], clientId, logger });
}
