export { migratePostgres, openDataSource } from './data-source';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './embedded-postgres';
export { type FolderLock, lockFolder } from './folder-lock';
export { type Lease, lostLease, moveOffset, takeLease } from './lease';
