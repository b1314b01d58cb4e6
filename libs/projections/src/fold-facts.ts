import type {
  ClosedWriterRow,
  ConflictRow,
  FactChanges,
  FactKeys,
  FactProjection,
  FactRows,
  InputRow,
  LinkRow,
  MeasurementRow,
  ModelInputRow,
  OutputRow,
  ParamRow,
  PlacedFact,
  RowKey,
  RunFact,
  RunHistories,
  RunHistoryName,
} from '@runledger/contracts';
import { evolveRun, unseenRun } from '@runledger/domain';
import { FingerprintFold, isIngredient } from './fingerprint-fold';
import { createHistory, type History, rowId } from './history';
import { codeRow, environmentRow, inputRow, linkRow, measurementRow, paramRow } from './run-rows';

type Keys = Record<RunHistoryName | 'param', Map<string, RowKey>>;
type DataOf<T extends RunFact['type']> = Extract<RunFact, { type: T }>['data'];

const keyOf = (fact: PlacedFact, name = ''): RowKey => ({ workspace: fact.workspace, id: fact.run, name });

/** Names of the rows that a fact reads or changes, besides the run's own. */
function namesOf({ event }: PlacedFact): readonly [keyof Keys, readonly string[]] | null {
  switch (event.type) {
    case 'params.logged':
      return ['param', event.data.params.map((param) => param.key)];
    case 'tags.set':
      return ['tag', event.data.tags.map((tag) => tag.key)];
    case 'tags.deleted':
      return ['tag', event.data.keys];
    case 'artifact.stored':
      return ['artifact', [event.data.path]];
    case 'artifacts.deleted':
      return ['artifact', event.data.paths];
    case 'code.recorded':
      return ['code', ['']];
    case 'environment.recorded':
      return ['environment', ['']];
    case 'run.started':
    case 'run.updated':
    case 'run.finished':
    case 'inputs.used':
    case 'outputs.made':
    case 'run.linked':
    case 'models.measured':
    case 'models.used':
    case 'writer.closed':
      return null;
    default:
      return event satisfies never;
  }
}

function touches(facts: readonly PlacedFact[]): FactKeys {
  const keys: Keys = {
    run: new Map(),
    tag: new Map(),
    artifact: new Map(),
    code: new Map(),
    environment: new Map(),
    fingerprint: new Map(),
    param: new Map(),
  };
  const add = (into: Map<string, RowKey>, key: RowKey) => into.set(rowId(key), key);
  for (const fact of facts) {
    add(keys.run, keyOf(fact));
    const named = namesOf(fact);
    if (isIngredient(fact)) add(keys.fingerprint, keyOf(fact));
    if (named !== null) for (const name of named[1]) add(keys[named[0]], keyOf(fact, name));
  }
  const list = (of: keyof Keys) => [...keys[of].values()];
  return {
    run: list('run'),
    tag: list('tag'),
    artifact: list('artifact'),
    code: list('code'),
    environment: list('environment'),
    fingerprint: list('fingerprint'),
    param: list('param'),
  };
}

const APPLIED = Buffer.alloc(0);

class Fold {
  readonly histories: { [H in RunHistoryName]: History<RunHistories[H]> };
  readonly fingerprints: FingerprintFold;
  readonly params: Map<string, ParamRow>;
  readonly newParams: ParamRow[] = [];
  readonly inputs = new Map<string, InputRow>();
  readonly outputs = new Map<string, OutputRow>();
  readonly modelInputs = new Map<string, ModelInputRow>();
  readonly links = new Map<string, LinkRow>();
  readonly measurements = new Map<string, MeasurementRow>();
  readonly conflicts: ConflictRow[] = [];
  readonly closedWriters = new Map<string, ClosedWriterRow>();

  constructor(rows: FactRows) {
    this.histories = {
      run: createHistory(rows.run),
      tag: createHistory(rows.tag),
      artifact: createHistory(rows.artifact),
      code: createHistory(rows.code),
      environment: createHistory(rows.environment),
      fingerprint: createHistory(rows.fingerprint),
    };
    this.fingerprints = new FingerprintFold(this.histories.fingerprint, rows.ingredients);
    this.params = new Map(rows.param.map((row) => [rowId(row), row]));
  }

  apply(fact: PlacedFact): void {
    const key = keyOf(fact);
    const run = this.histories.run.get(key) ?? unseenRun(fact.at);
    if (fact.event.type === 'run.started' && run.startedAt !== null) this.#compareStart(fact, fact.event.data, run);
    this.histories.run.put(key, evolveRun(run, fact.event, fact.at), fact.at);
    this.#applyParts(fact);
    this.fingerprints.take(fact);
  }

  #applyParts(fact: PlacedFact): void {
    const { event, at } = fact;
    switch (event.type) {
      case 'run.started':
      case 'run.updated':
      case 'run.finished':
        return;
      case 'params.logged':
        return this.#addParams(fact, event.data);
      case 'tags.set':
        // The last of one key counts, also within an event.
        for (const [name, value] of new Map(event.data.tags.map((tag) => [tag.key, tag.value])))
          this.histories.tag.put(keyOf(fact, name), { value }, at);
        return;
      case 'tags.deleted':
        for (const name of event.data.keys) this.histories.tag.drop(keyOf(fact, name), at);
        return;
      case 'inputs.used':
        return this.#addInputs(fact, event.data);
      case 'outputs.made':
        return this.#addOutputs(fact, event.data);
      case 'models.used':
        return this.#addModelInputs(fact, event.data);
      case 'run.linked':
        return this.#addLinks(fact, event.data);
      case 'models.measured':
        return this.#addMeasurements(fact, event.data);
      case 'code.recorded':
        return this.histories.code.put(keyOf(fact), codeRow(event.data), at);
      case 'environment.recorded':
        return this.histories.environment.put(keyOf(fact), environmentRow(event.data), at);
      case 'artifact.stored': {
        const { path, digest, size, mediaType } = event.data;
        return this.histories.artifact.put(keyOf(fact, path), { digest, size, mediaType }, at);
      }
      case 'artifacts.deleted':
        for (const path of event.data.paths) this.histories.artifact.drop(keyOf(fact, path), at);
        return;
      case 'writer.closed':
        return this.#closeWriter(fact, event.data);
      default:
        return event satisfies never;
    }
  }

  #addParams(fact: PlacedFact, data: DataOf<'params.logged'>): void {
    for (const [item, { key, value }] of data.params.entries()) {
      const row = paramRow(fact, key, value);
      const first = this.params.get(rowId(row));
      if (first === undefined) {
        this.params.set(rowId(row), row);
        this.newParams.push(row);
      } else if (first.kind !== row.kind || first.value !== row.value)
        this.#conflict(fact, { kind: 'param', name: key, item, value });
    }
  }

  #addInputs(fact: PlacedFact, data: DataOf<'inputs.used'>): void {
    for (const input of data.inputs) {
      const row = inputRow(fact, input);
      const id = `${rowId(keyOf(fact))}${row.identity.toString('base64')}`;
      if (!this.inputs.has(id)) this.inputs.set(id, row);
    }
  }

  #addOutputs(fact: PlacedFact, data: DataOf<'outputs.made'>): void {
    for (const { loggedModel, step } of data.outputs) {
      const id = `${rowId(keyOf(fact, loggedModel))}/${step}`;
      const { workspace, run, at } = fact;
      if (!this.outputs.has(id)) this.outputs.set(id, { workspace, run, loggedModel, step: String(step), from: at });
    }
  }

  #addModelInputs(fact: PlacedFact, data: DataOf<'models.used'>): void {
    for (const { loggedModel } of data.models) {
      const id = rowId(keyOf(fact, loggedModel));
      const { workspace, run, at } = fact;
      if (!this.modelInputs.has(id)) this.modelInputs.set(id, { workspace, run, loggedModel, from: at });
    }
  }

  #addLinks(fact: PlacedFact, data: DataOf<'run.linked'>): void {
    for (const link of data.links) {
      const row = linkRow(fact, link);
      const id = `${rowId(keyOf(fact))}${row.identity.toString('base64')}`;
      if (!this.links.has(id)) this.links.set(id, row);
    }
  }

  #addMeasurements(fact: PlacedFact, data: DataOf<'models.measured'>): void {
    for (const measurement of data.measurements) {
      const row = measurementRow(fact, measurement);
      const id = `${rowId(keyOf(fact))}${row.identity.toString('base64')}`;
      if (!this.measurements.has(id)) this.measurements.set(id, row);
    }
  }

  #closeWriter(fact: PlacedFact, data: DataOf<'writer.closed'>): void {
    const { workspace, run, at } = fact;
    const { writer, topic, batches, points } = data;
    const row = { workspace, run, topic, writer, batches, points, at };
    this.closedWriters.set(rowId(keyOf(fact, `${topic}/${writer}`)), row);
  }

  #compareStart(fact: PlacedFact, data: DataOf<'run.started'>, run: RunHistories['run']): void {
    const { project, experiment } = data;
    if (project === run.project && experiment === run.experiment) return;
    this.#conflict(fact, { kind: 'start', name: 'experiment', item: 0, value: { project, experiment } });
  }

  #conflict(fact: PlacedFact, more: Pick<ConflictRow, 'kind' | 'name' | 'item' | 'value'>): void {
    const { workspace, run, at, event } = fact;
    this.conflicts.push({ workspace, run, at, event: event.id, digest: APPLIED, ...more });
  }
}

function fold(facts: readonly PlacedFact[], rows: FactRows): FactChanges {
  const state = new Fold(rows);
  for (const fact of facts) state.apply(fact);
  state.fingerprints.end();
  const { run, tag, artifact, code, environment, fingerprint } = state.histories;
  return {
    histories: {
      run: run.change(),
      tag: tag.change(),
      artifact: artifact.change(),
      code: code.change(),
      environment: environment.change(),
      fingerprint: fingerprint.change(),
    },
    params: state.newParams,
    inputs: [...state.inputs.values()],
    outputs: [...state.outputs.values()],
    modelInputs: [...state.modelInputs.values()],
    links: [...state.links.values()],
    measurements: [...state.measurements.values()],
    conflicts: state.conflicts,
    closedWriters: [...state.closedWriters.values()],
  };
}

/** What the facts of runs come to: rows of runs, and of what they logged. Raise its version when a row's meaning changes. */
export const foldFacts: FactProjection = { touches, fold };
