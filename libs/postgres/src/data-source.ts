import { DataSource } from 'typeorm';
import { fairPg } from './fair-pg';
import { CreateCustody1790000000000 } from './migrations/1790000000000-create-custody';
import { CreateRead1790000001000 } from './migrations/1790000001000-create-read';
import { CreateSeriesKey1790000002000 } from './migrations/1790000002000-create-series-key';
import { CreateRunMetric1790000100000 } from './migrations/1790000100000-create-run-metric';
import { AddShortValues1790000101000 } from './migrations/1790000101000-add-short-values';
import { AddMetricKeyOrder1790000102000 } from './migrations/1790000102000-add-metric-key-order';
import { CreateProject1790000200000 } from './migrations/1790000200000-create-project';
import { CreateModel1790000201000 } from './migrations/1790000201000-create-model';
import { CreateLedger1790000400000 } from './migrations/1790000400000-create-ledger';
import { CreateConsole1790000600000 } from './migrations/1790000600000-create-console';
import { CreateLoggedModelFile1790000700000 } from './migrations/1790000700000-create-logged-model-file';
import { CreateRunModelInput1790000701000 } from './migrations/1790000701000-create-run-model-input';
import { CreateRunWriter1790000900000 } from './migrations/1790000900000-create-run-writer';
import { CreateRunLink1790001000000 } from './migrations/1790001000000-create-run-link';
import { AddRunPartition1790001001000 } from './migrations/1790001001000-add-run-partition';
import { CreateRunFingerprint1790001002000 } from './migrations/1790001002000-create-run-fingerprint';
import { NumberLeavesByProject1790001200000 } from './migrations/1790001200000-number-leaves-by-project';
import { FindLeavesOfProject1790001201000 } from './migrations/1790001201000-find-leaves-of-project';
import { CreateLedgerDelivery1790001202000 } from './migrations/1790001202000-create-ledger-delivery';
import { CreateWebhook1790001300000 } from './migrations/1790001300000-create-webhook';
import { CreateNotes1790001400000 } from './migrations/1790001400000-create-notes';
import { OwnKeysByAccounts1790001600000 } from './migrations/1790001600000-own-keys-by-accounts';
import { KeepCosignatures1790001623000 } from './migrations/1790001623000-keep-cosignatures';
import { CreatePeople1790001625000 } from './migrations/1790001625000-create-people';
import { ClaimRuns1790001625100 } from './migrations/1790001625100-claim-runs';
import { FindChangesByActor1790001800000 } from './migrations/1790001800000-find-changes-by-actor';
import { CreateProjection1790001801000 } from './migrations/1790001801000-create-projection';
import { CreateGovernance1790001900000 } from './migrations/1790001900000-create-governance';
import { CreateBoards1790002100000 } from './migrations/1790002100000-create-boards';
import { SealPersonalData1790002240000 } from './migrations/1790002240000-seal-personal-data';
import { CreateLocalAccounts1790002250000 } from './migrations/1790002250000-create-local-accounts';
import { EraseArtifacts1790002300000 } from './migrations/1790002300000-erase-artifacts';
import { TellThresholds1790002320000 } from './migrations/1790002320000-tell-thresholds';
import { ArchiveLog1790002330000 } from './migrations/1790002330000-archive-log';
import { ExpireRuns1790002340000 } from './migrations/1790002340000-expire-runs';
import { ExpireArtifacts1790002341000 } from './migrations/1790002341000-expire-artifacts';
import { RecordExports1790002360000 } from './migrations/1790002360000-record-exports';
import { FollowDeleters1790002400000 } from './migrations/1790002400000-follow-deleters';
import { LockArtifacts1790002500000 } from './migrations/1790002500000-lock-artifacts';
import { FindExpiredOfProject1790002600000 } from './migrations/1790002600000-find-expired-of-project';
import { READ_ENTITIES } from './read-entities';

const MIGRATIONS = [
  CreateCustody1790000000000,
  CreateRead1790000001000,
  CreateSeriesKey1790000002000,
  CreateRunMetric1790000100000,
  AddShortValues1790000101000,
  AddMetricKeyOrder1790000102000,
  CreateProject1790000200000,
  CreateModel1790000201000,
  CreateLedger1790000400000,
  CreateConsole1790000600000,
  CreateLoggedModelFile1790000700000,
  CreateRunModelInput1790000701000,
  CreateRunWriter1790000900000,
  CreateRunLink1790001000000,
  AddRunPartition1790001001000,
  CreateRunFingerprint1790001002000,
  NumberLeavesByProject1790001200000,
  FindLeavesOfProject1790001201000,
  CreateLedgerDelivery1790001202000,
  CreateWebhook1790001300000,
  CreateNotes1790001400000,
  FindChangesByActor1790001800000,
  OwnKeysByAccounts1790001600000,
  CreateProjection1790001801000,
  CreateGovernance1790001900000,
  CreateBoards1790002100000,
  CreateLocalAccounts1790002250000,
  KeepCosignatures1790001623000,
  CreatePeople1790001625000,
  ClaimRuns1790001625100,
  SealPersonalData1790002240000,
  EraseArtifacts1790002300000,
  TellThresholds1790002320000,
  ArchiveLog1790002330000,
  ExpireRuns1790002340000,
  ExpireArtifacts1790002341000,
  RecordExports1790002360000,
  FollowDeleters1790002400000,
  LockArtifacts1790002500000,
  FindExpiredOfProject1790002600000,
];

/**
 * A process that is stopped in the middle of a transaction holds its locks: whoever takes over its partitions would wait for
 * as long as it stands still. The server ends such a transaction, and with it the connection.
 */
const STALLED_TRANSACTION_MS = 5_000;

/** `url` is a libpq connection URL. Entities are declared with EntitySchema and are read through; writes are batched SQL. */
export async function openDataSource(url: string, more: { poolSize?: number } = {}): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    driver: fairPg,
    poolSize: more.poolSize ?? 10,
    synchronize: false,
    entities: READ_ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'runledger_migration',
    migrationsTransactionMode: 'all',
    applicationName: 'runledger',
    extra: { idle_in_transaction_session_timeout: STALLED_TRANSACTION_MS },
  });
  return source.initialize();
}

/** Applies what is missing, under an advisory lock, since several processes may start at once. Answers the names applied. */
export async function migratePostgres(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    await runner.query(`select pg_advisory_lock(hashtext('runledger.migrate'))`);
    const done = await source.runMigrations({ transaction: 'all' });
    return done.map((migration) => migration.name);
  } finally {
    await runner.query(`select pg_advisory_unlock(hashtext('runledger.migrate'))`);
    await runner.release();
  }
}
