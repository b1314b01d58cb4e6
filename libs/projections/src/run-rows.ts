import {
  type CodeRow,
  type EnvironmentRow,
  type InputRow,
  type LinkData,
  type LinkRow,
  linkIdentity,
  linkOf,
  type MeasurementRow,
  type ParamRow,
  type PlacedFact,
  type RunFact,
} from '@runledger/contracts';
import { sha256 } from './digest';

type DataOf<T extends RunFact['type']> = Extract<RunFact, { type: T }>['data'];

const orNull = <V>(value: V | undefined): V | null => value ?? null;

export const codeRow = (data: DataOf<'code.recorded'>): CodeRow => ({
  repository: orNull(data.repository),
  commit: orNull(data.commit),
  branch: orNull(data.branch),
  dirty: orNull(data.dirty),
  diffDigest: orNull(data.diffDigest),
  entrypoint: orNull(data.entrypoint),
});

export const environmentRow = (data: DataOf<'environment.recorded'>): EnvironmentRow => ({
  host: orNull(data.host),
  os: orNull(data.os),
  runtime: orNull(data.runtime),
  command: orNull(data.command),
  cpus: orNull(data.cpus),
  memoryBytes: orNull(data.memoryBytes),
  accelerators: data.accelerators,
  packages: data.packages,
});

/** What people write for a number. Other text that JavaScript would take for one, such as ' ' or '0x1f', is none. */
const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a param can be compared as, or null. */
function numberOf(value: string | number | boolean): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean' || value.length > 400 || !NUMERAL.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function paramRow(fact: PlacedFact, name: string, value: string | number | boolean): ParamRow {
  const kind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
  const { workspace, run: id, at: from } = fact;
  return { workspace, id, name, kind, value: String(value), number: numberOf(value), from };
}

type Input = DataOf<'inputs.used'>['inputs'][number];

export const inputRow = (fact: PlacedFact, input: Input): InputRow => ({
  workspace: fact.workspace,
  run: fact.run,
  identity: sha256(JSON.stringify([input.name, input.digest, input.context])),
  name: input.name,
  digest: input.digest,
  context: input.context,
  source: orNull(input.source),
  sourceType: orNull(input.sourceType),
  schema: orNull(input.schema),
  profile: orNull(input.profile),
  tags: input.tags,
  from: fact.at,
});

export function linkRow(fact: PlacedFact, data: LinkData): LinkRow {
  const link = linkOf(data);
  const { workspace, run, at: from } = fact;
  return { workspace, run, identity: sha256(linkIdentity(link)), ...link, from };
}

type Measurement = DataOf<'models.measured'>['measurements'][number];

export function measurementRow(fact: PlacedFact, measurement: Measurement): MeasurementRow {
  const { loggedModel, key, step, time, dataset } = measurement;
  const value = Number(measurement.value);
  const [datasetName, datasetDigest] = [orNull(dataset?.name), orNull(dataset?.digest)];
  // JSON has no -0, NaN and infinities.
  const exact = Object.is(value, -0) ? '-0' : String(value);
  const said = [loggedModel, key, exact, String(step), String(time), datasetName, datasetDigest];
  return {
    workspace: fact.workspace,
    run: fact.run,
    identity: sha256(JSON.stringify(said)),
    loggedModel,
    key,
    value,
    step: String(step),
    time: String(time),
    datasetName,
    datasetDigest,
    from: fact.at,
  };
}
