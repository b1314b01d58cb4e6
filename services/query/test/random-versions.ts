import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionType, Evidence } from '@runledger/contracts';
import { drawing } from '@runledger/testkit';
import type { Scene } from './query-scene';
import type { Decided } from './random-decisions';
import type { Logged, RandomLog } from './random-log';
import type { Fact, Sent } from './record-and-project';

/** All that was recorded of runs, and decided, in its order; `by` is who decided, `behind` how many facts. Both grow while more is recorded. */
export type Reviewed = Readonly<{
  log: Readonly<{ [K in keyof RandomLog]: Array<RandomLog[K][number]> }>;
  decided: Array<Decided & Readonly<{ by: string; behind: number }>>;
}>;
/** What a reader is told of a version, once all is projected. Null: there is no such version. */
export type LookAt = (model: string, version: number) => Promise<Evidence | null>;

export const REVIEWED_MODELS = ['m1', 'm2'];
/** The last but one is never announced, and of the last only points come. */
const RUNS = ['g0', 'g1', 'g2', 'g3', 'g4', 'g5'];
const PEOPLE = ['u/ada', 'u/bo', 'u/cy'];
const KEYS = ['loss', 'acc', 'night/acc'];
const VALUES = [Number.NaN, Number.NaN, Infinity, -Infinity, -0, 0.1, 0.3, 0.95];
const DIGESTS = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
const SCOPES = [
  { kind: 'experiment', id: 'e1' },
  { kind: 'experiment', id: 'e2' },
  { kind: 'project', id: 'default' },
  { kind: 'project', id: 'p2' },
];
const OBJECTIVES = ['o1', 'o2', 'o3', 'o4'];
const TARGETS = [
  { kind: 'alias', name: 'champion' },
  { kind: 'stage', name: 'Production' },
];
const MEANINGS = ['validated', 'reviewed'];

/**
 * Records random runs, versions that are made of them, what is asked of them and who approves them, each as it may follow on
 * what was before. An approval names what its reader is told then.
 */
export async function recordRandomVersions(
  { record }: Scene,
  { log, decided }: Reviewed,
  { seed, rounds, look }: Readonly<{ seed: number; rounds: number; look: LookAt }>,
): Promise<void> {
  const draw = drawing(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => draw() < 0.3);
  let fresh = 0;
  const decide = async (subject: string, type: DecisionType, data: Decided['data']): Promise<void> => {
    const by = pick(PEOPLE);
    await record.decision(subject, type, data, { actor: by });
    decided.push({ subject, type, data, by, behind: log.facts.length });
  };

  const say = async (run: string, fact: Fact): Promise<void> => {
    const sent: Sent = { actor: pick(PEOPLE) };
    const isFirst = log.facts.every((one) => one.run !== run);
    log.facts.push({ run, fact, sent });
    await record.facts(run, [fact], sent);
    if (isFirst) await sleep(5); // so that what is decided next is later by the clock, too
  };
  const ofRun = async (): Promise<void> => {
    const again = pick(log.facts);
    // An event that comes again is the same event.
    if (draw() < 0.2) return void (await record.facts(again.run, [again.fact], again.sent));
    const kinds: Fact[] = [
      { type: 'tags.set', data: { tags: [{ key: 't', value: pick(['x', 'y']) }] } },
      { type: 'inputs.used', data: { inputs: [{ name: 'n', digest: pick(DIGESTS), context: '' }] } },
    ];
    await say(pick(RUNS.slice(0, -1)), { ...pick(kinds), id: `fact-${fresh++}` });
  };
  const sequences = new Map<string, number>();
  const ofSeries = async (): Promise<void> => {
    const [run, key, writer] = [pick(RUNS), pick(KEYS), pick(['', 'w'])];
    const last = log.batches.findLast((one) => one.run === run && one.key === key);
    const sequence = sequences.get(run) ?? 0;
    const numbered = writer === '' ? {} : { sequence };
    const points = Array.from({ length: 1 + Math.floor(draw() * 3) }, (): Logged => {
      return { step: Math.floor(draw() * 9), time: Math.floor(draw() * 9) * 1_000 + fresh++, value: pick(VALUES) };
    });
    const batch = last !== undefined && draw() < 0.3 ? last : { run, key, writer, points, ...numbered };
    if (batch !== last && writer !== '') sequences.set(run, sequence + 1);
    log.batches.push(batch);
    await record.stored(batch);
  };

  const newest = new Map<string, number>();
  const gone = new Set<string>();
  const places = new Map<string, number>();
  const standing = (model: string): number[] =>
    Array.from({ length: newest.get(model) ?? 0 }, (_, i) => i + 1).filter((n) => !gone.has(`${model}/${n}`));
  const create = (model: string): Promise<void> => {
    const version = (newest.get(model) ?? 0) + 1;
    newest.set(model, version);
    const run = draw() < 0.2 ? {} : { run: pick(RUNS) };
    const made = { source: `s${version}`, location: 's', ...run, description: '', tags: [] };
    return decide(`model/${model}`, 'version.created', { model, version, ...made });
  };
  const ofVersion = async (): Promise<void> => {
    const model = pick(REVIEWED_MODELS);
    const version = pick(standing(model));
    if (version === undefined || draw() < 0.1) return create(model);
    const of = { model, version };
    const name = `${model}/${version}`;
    const alias = pick(['champion', 'next']);
    const isFree = [...places].every(([place, at]) => !place.startsWith(`${model}/`) || at !== version);
    const kinds: ReadonlyArray<readonly [DecisionType, object]> = [
      ['version.described', { ...of, description: pick(['', 'reads digits']) }],
      ['version.tagged', { ...of, tags: [{ key: pick(['a', 'b']), value: pick(['1', '2']) }] }],
      ['version.untagged', { ...of, keys: [pick(['a', 'b'])] }],
      ['version.linked', { ...of, links: [{ kind: 'job', uri: `x:${fresh++}` }] }],
      ['version.staged', { ...of, from: 'None', to: pick(['None', 'Staging', 'Production']) }],
      ['alias.moved', { ...of, alias }],
      ['alias.moved', { ...of, alias }],
      ...(places.has(`${model}/${alias}`) ? [['alias.removed', { model, alias }] as const] : []),
      ...(isFree && version > 1 ? [['version.deleted', of] as const] : []),
    ];
    const [type, data] = pick(kinds);
    if (type === 'alias.moved') places.set(`${model}/${alias}`, version);
    if (type === 'alias.removed') places.delete(`${model}/${alias}`);
    if (type === 'version.deleted') gone.add(name);
    return decide(`model/${model}`, type, data as Decided['data']);
  };

  const active = new Set<string>();
  const numbers = new Map<string, number>();
  const ofObjective = async (objective = pick(OBJECTIVES)): Promise<void> => {
    const subject = `objective/${objective}`;
    if (active.delete(objective) && draw() < 0.5) return decide(subject, 'objective.retired', { objective });
    active.add(objective);
    const number = (numbers.get(objective) ?? 0) + 1;
    numbers.set(objective, number);
    const more = { ...(draw() < 0.2 ? { dataset: pick(DIGESTS) } : {}), ...(draw() < 0.3 ? { slice: 'night' } : {}) };
    const definition = {
      ...{ name: `${objective} ${number}`, metric: pick(['loss', 'acc', 'acc']), threshold: pick([0, 0.3, 1 / 3]) },
      ...{ aggregate: pick(['latest', 'last', 'min', 'max']), comparison: pick(['<', '<=', '>', '>=']), ...more },
    };
    const scope = SCOPES[OBJECTIVES.indexOf(objective)];
    return decide(subject, 'objective.defined', { objective, number, scope, ...definition });
  };
  const gates = new Set<string>();
  const ofGate = (): Promise<void> => {
    const holders = ['default', 'p2'].map((id) => ({ kind: 'project', id }));
    const of = pick([...holders, ...REVIEWED_MODELS.map((id) => ({ kind: 'model', id }))]);
    const target = pick(TARGETS);
    const name = JSON.stringify([of, target]);
    const subject = `${of.kind}/${of.id}`;
    if (gates.delete(name) && draw() < 0.3) return decide(subject, 'gate.lifted', { of, target });
    gates.add(name);
    const approvals = some(MEANINGS).map((meaning) => ({ meaning, persons: pick([1, 2]) }));
    const needs = { objectives: some(OBJECTIVES), approvals, before: draw() < 0.5 };
    return decide(subject, 'gate.set', { of, target, ...needs });
  };
  const approvals: Array<Readonly<{ model: string; version: number; approval: string }>> = [];
  const ofApproval = async (): Promise<void> => {
    const model = pick(REVIEWED_MODELS);
    const version = pick(standing(model));
    if (version === undefined) return;
    if (draw() < 0.2 && approvals.length > 0) {
      const [withdrawn] = approvals.splice(Math.floor(draw() * approvals.length), 1);
      const subject = `model/${withdrawn?.model}`;
      return decide(subject, 'approval.withdrawn', { ...withdrawn, reason: pick(['leaked', 'too early']) });
    }
    await record.projectMetadata();
    const evidence = await look(model, version);
    if (evidence === null) throw new Error(`no version ${version} of ${model}`);
    const approval = { model, version, approval: `approval-${fresh++}` };
    approvals.push(approval);
    const [meaning, person] = [pick(MEANINGS), pick(PEOPLE)];
    const whole = JSON.parse(JSON.stringify(evidence)) as Evidence; // the journal's numbers have no -0
    const said = { meaning, printedName: `the name of ${person}`, person, evidence: whole };
    return decide(`model/${model}`, 'version.approved', { ...approval, ...said });
  };

  for (const model of REVIEWED_MODELS) {
    const data = { model, name: `name-of-${model}`, description: '', tags: [] };
    await decide(`model/${model}`, 'model.created', data);
  }
  for (const objective of OBJECTIVES) await ofObjective(objective);
  await say('g1', { type: 'tags.set', data: { tags: [{ key: 't', value: 'first' }] }, id: 'before-its-start' });
  for (const [i, run] of RUNS.slice(0, -2).entries()) {
    const project = i % 2 === 0 ? {} : { project: 'p2' };
    // Long before, or long after the objectives are defined; where it is not said, when its event was.
    const startedAt = i === 3 ? {} : { startedAt: i === 0 ? '2026-01-01T00:00:00.000Z' : '2999-01-01T00:00:00.000Z' };
    const data = { experiment: pick(['e1', 'e2']), ...project, ...startedAt };
    await say(run, { type: 'run.started', data, id: `start-${run}` });
  }
  for (const model of REVIEWED_MODELS) await create(model);
  const kinds = [ofRun, ofSeries, ofSeries, ofVersion, ofVersion, ofObjective, ofObjective, ofGate];
  for (let round = 0; round < rounds; round++) await (draw() < 0.5 ? ofApproval() : pick(kinds)());
  await record.projectMetadata();
}
