import type { MeasurementRow, ModelInputRow, OutputRow } from '@runledger/contracts';
import type { EntityManager } from 'typeorm';
import { type Column, insertSql } from './columns';
import { placed } from './placed-columns';

const OUTPUT: ReadonlyArray<Column<OutputRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'logged_model', type: 'text', write: (r) => r.loggedModel },
  { column: 'step', type: 'int8', write: (r) => r.step },
  ...placed<OutputRow>('from_', (r) => r.from),
];

const MODEL_INPUT: ReadonlyArray<Column<ModelInputRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'logged_model', type: 'text', write: (r) => r.loggedModel },
  ...placed<ModelInputRow>('from_', (r) => r.from),
];

const MEASUREMENT: ReadonlyArray<Column<MeasurementRow>> = [
  { column: 'workspace', type: 'text', write: (r) => r.workspace },
  { column: 'run', type: 'text', write: (r) => r.run },
  { column: 'identity', type: 'bytea', write: (r) => r.identity },
  { column: 'logged_model', type: 'text', write: (r) => r.loggedModel },
  { column: 'key', type: 'text', write: (r) => r.key },
  { column: 'value', type: 'float8', write: (r) => (Object.is(r.value, -0) ? '-0' : r.value) },
  { column: 'step', type: 'int8', write: (r) => r.step },
  { column: 'time', type: 'int8', write: (r) => r.time },
  { column: 'dataset_name', type: 'text', write: (r) => r.datasetName },
  { column: 'dataset_digest', type: 'text', write: (r) => r.datasetDigest },
  ...placed<MeasurementRow>('from_', (r) => r.from),
];

/** The same model at the same step again is the same output: what is there stays. */
export async function insertOutputs(tx: EntityManager, rows: readonly OutputRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.run_output', rows, OUTPUT, 'on conflict do nothing'));
}

/** The same measurement again is the same: what is there stays. */
export async function insertMeasurements(tx: EntityManager, rows: readonly MeasurementRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(...insertSql('read.model_metric', rows, MEASUREMENT, 'on conflict do nothing'));
}

/** The same model again is the same input: what is there stays. */
export async function insertModelInputs(tx: EntityManager, rows: readonly ModelInputRow[]): Promise<void> {
  if (rows.length > 0)
    await tx.query(...insertSql('read.run_model_input', rows, MODEL_INPUT, 'on conflict do nothing'));
}
