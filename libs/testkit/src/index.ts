export {
  AcknowledgedStream,
  checkAcknowledged,
  type Findings,
  type StreamEnd,
  type StreamOptions,
} from './acknowledged-stream';
export { appendDecision } from './append-decision';
export { belongsToTest, eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from './belongings';
export { type ClickHouseHttpOptions, type ClickHouseHttpServer, startClickHouseHttp } from './clickhouse-http';
export { drawing } from './drawing';
export { type KafkaOptions, type KafkaServer, startKafka } from './kafka';
export { printedSegments, recordsOfKafka } from './kafka-contents';
export { freePort } from './ports';
export { createDatabase, type OwnPostgresOptions, startPostgres, type TestPostgres } from './postgres';
export { pythonInterpreter } from './python';
export { type Received, type Receiver, startReceiver } from './receiver';
export { RecursiveTree } from './recursive-tree';
export { type RedisServer, startRedis } from './redis';
export { dumpOfRedis, putIntoRedis } from './redis-contents';
export { residentMiB } from './resident';
export { type S3Server, startS3 } from './s3';
export type { ServerProcess } from './server-process';
export { type Spawned, type SpawnOptions, spawnProgram, spawnTypeScript } from './spawned';
export { assertTestDatabase, dropDatabase, type TestDatabase } from './test-database';
