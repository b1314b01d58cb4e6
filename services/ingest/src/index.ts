export { ingestSettings } from './ingest.config';
export { IngestModule } from './ingest.module';
export { INGEST_LIMITS, type IngestLimits, type IngestPorts } from './ingest-room';
export { recordOperatorKeys } from './record-operator-keys';
