export { migratePostgres, openDataSource } from './data-source';
export { type Lease, lostLease, moveOffset, takeLease } from './lease';
