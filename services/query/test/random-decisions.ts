import type { DecisionType } from '@runledger/contracts';
import { drawing } from '@runledger/testkit';
import type { Scene } from './query-scene';

/** What was decided, in its order: what reads are compared with. */
export type Decided = Readonly<{ subject: string; type: DecisionType; data: Readonly<Record<string, unknown>> }>;

const EXPERIMENTS = ['e1', 'e2', 'e3'];
const MODELS = ['m1', 'm2'];
const OBJECTIVES = ['o1', 'o2', 'o3', 'o4'];
const GRANTEES = [
  { kind: 'person', id: 'ada' },
  { kind: 'group', id: 'vision' },
  { kind: 'account', id: 'robot' },
];

/** Records random decisions, of which each may follow on those before it, as the rules of the doors would let it. */
export async function recordRandomDecisions({ record }: Scene, seed: number, rounds: number): Promise<Decided[]> {
  const draw = drawing(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const decided: Decided[] = [];
  const decide = async (subject: string, type: DecisionType, data: Decided['data']): Promise<void> => {
    await record.decision(subject, type, data);
    decided.push({ subject, type, data });
  };
  const names = new Map<string, string>();
  const versions = new Map<string, number>();
  const numbers = new Map<string, number>();
  const active = new Set<string>();
  await decide('project/default', 'project.created', { project: 'default', name: 'default', description: '' });
  for (const experiment of EXPERIMENTS) {
    names.set(experiment, `name of ${experiment}`);
    active.add(experiment);
    const data = { experiment, project: 'default', name: names.get(experiment), tags: [{ key: 'first', value: 'x' }] };
    await decide(`experiment/${experiment}`, 'experiment.created', data);
  }
  for (const model of MODELS) {
    names.set(model, `name-of-${model}`);
    await decide(`model/${model}`, 'model.created', { model, name: names.get(model), description: '', tags: [] });
  }
  let fresh = 0;
  const renamed = async (kind: 'experiment' | 'model', id: string): Promise<void> => {
    const to = `renamed-${fresh++}`;
    await decide(`${kind}/${id}`, `${kind}.renamed`, { [kind]: id, from: names.get(id), to });
    names.set(id, to);
  };
  const ofExperiment = async (): Promise<void> => {
    const experiment = pick(EXPERIMENTS);
    const subject = `experiment/${experiment}`;
    if (!active.has(experiment)) {
      active.add(experiment);
      return decide(subject, 'experiment.restored', { experiment });
    }
    const chance = draw();
    if (chance < 0.3) return renamed('experiment', experiment);
    if (chance < 0.4) {
      active.delete(experiment);
      return decide(subject, 'experiment.deleted', { experiment });
    }
    const tags = [{ key: pick(['a', 'b']), value: pick(['1', '2', '']) }];
    if (chance < 0.8) return decide(subject, 'experiment.tagged', { experiment, tags });
    return decide(subject, 'experiment.untagged', { experiment, keys: [pick(['a', 'b', 'first'])] });
  };
  const ofModel = async (): Promise<void> => {
    const model = pick(MODELS);
    const subject = `model/${model}`;
    const chance = draw();
    const newest = versions.get(model) ?? 0;
    if (chance < 0.2) return renamed('model', model);
    if (chance < 0.35) return decide(subject, 'model.described', { model, description: pick(['', 'reads digits']) });
    if (newest === 0 || chance < 0.55) {
      versions.set(model, newest + 1);
      const made = { source: `s${newest}`, location: `s${newest}`, description: '', tags: [] };
      return decide(subject, 'version.created', { model, version: newest + 1, ...made });
    }
    const version = 1 + Math.floor(draw() * newest);
    if (chance < 0.7) return decide(subject, 'version.described', { model, version, description: pick(['', 'v']) });
    if (chance < 0.9) return decide(subject, 'alias.moved', { model, alias: pick(['champion', 'next']), version });
    return decide(subject, 'version.tagged', { model, version, tags: [{ key: 'k', value: pick(['x', 'y']) }] });
  };
  const ofObjective = async (): Promise<void> => {
    const objective = pick(OBJECTIVES);
    const subject = `objective/${objective}`;
    if (active.has(objective) && draw() < 0.3) {
      active.delete(objective);
      return decide(subject, 'objective.retired', { objective });
    }
    const number = (numbers.get(objective) ?? 0) + 1;
    numbers.set(objective, number);
    active.add(objective);
    const scope = { kind: 'experiment', id: objective === 'o1' ? 'e2' : 'e1' };
    const value = { aggregate: pick(['latest', 'last', 'min', 'max']), comparison: pick(['<', '<=', '>', '>=']) };
    const more = draw() < 0.3 ? { dataset: pick(['a', 'c']).repeat(8) } : {};
    const definition = { name: `${objective} ${number}`, metric: pick(['loss', 'acc', 'none']), ...value, ...more };
    const data = { objective, number, scope, threshold: pick([0, 0.3, 0.7]), ...definition };
    return decide(subject, 'objective.defined', data);
  };
  const ofGate = (): Promise<void> => {
    const of = pick([{ kind: 'project', id: 'default' }, ...MODELS.map((id) => ({ kind: 'model', id }))]);
    const target = pick([
      { kind: 'alias', name: 'champion' },
      { kind: 'stage', name: 'Production' },
    ]);
    const name = `gate ${of.kind}/${of.id} ${target.kind}/${target.name}`;
    if (active.has(name) && draw() < 0.4) {
      active.delete(name);
      return decide(`${of.kind}/${of.id}`, 'gate.lifted', { of, target });
    }
    active.add(name);
    const approvals = draw() < 0.5 ? [] : [{ meaning: 'validated', persons: pick([1, 2]) }];
    const needs = { objectives: draw() < 0.5 ? [] : [pick(OBJECTIVES)], approvals, before: draw() < 0.5 };
    return decide(`${of.kind}/${of.id}`, 'gate.set', { of, target, ...needs });
  };
  const ofInventory = (): Promise<void> => {
    const model = pick(MODELS);
    const entry = { owner: pick(['ada', 'bo']), tier: pick(['1', '2']), validator: '', purpose: pick(['', 'mail']) };
    const reviewBy = pick([null, '2020-02-03', '2999-12-31']);
    return decide(`model/${model}`, 'inventory.entered', { model, ...entry, reviewBy });
  };
  const ofGrant = (): Promise<void> => {
    const project = draw() < 0.5 ? {} : { project: 'default' };
    const data = {
      grantee: pick(GRANTEES),
      role: pick(['viewer', 'editor']),
      effect: pick(['allow', 'deny']),
      ...project,
    };
    const name = `grant ${JSON.stringify(data)}`;
    const isMade = !active.delete(name);
    if (isMade) active.add(name);
    return decide('grants/workspace', isMade ? 'grant.made' : 'grant.withdrawn', data);
  };
  for (let round = 0; round < rounds; round++)
    await pick([
      ofExperiment,
      ofExperiment,
      ofModel,
      ofModel,
      ofObjective,
      ofObjective,
      ofGate,
      ofInventory,
      ofGrant,
    ])();
  return decided;
}
