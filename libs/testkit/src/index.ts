export { belongsToTest, eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from './belongings';
export { createDatabase, type OwnPostgresOptions, startPostgres, type TestPostgres } from './postgres';
export { type Spawned, type SpawnOptions, spawnProgram, spawnTypeScript } from './spawned';
export { assertTestDatabase, dropDatabase, type TestDatabase } from './test-database';
