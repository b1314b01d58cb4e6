import { decodePositionToken, type Evidence, partitionOfRun, TOPICS } from '@runledger/contracts';
import { type VersionGovernanceAnswer, versionGovernanceAnswer } from '@runledger/contracts/http';
import { openScene, read, type Scene } from '../test/query-scene';
import { readPlainly } from '../test/random-log';
import { REVIEWED_MODELS, type Reviewed, recordRandomVersions } from '../test/random-versions';

// What is known of versions, who approved them and what they lack is held against a plain evaluation over all that was
// recorded, whenever somebody is to approve one, and in the end.
const SEED = 4;
const reviewed: Reviewed = { log: { facts: [], batches: [] }, decided: [] };
const { log, decided } = reviewed;
let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
}, 120_000);
afterAll(() => scene.close());

type Data = Readonly<Record<string, unknown>>;
type Needs = Readonly<{
  objectives: string[];
  approvals: Array<Readonly<{ meaning: string; persons: number }>>;
  before: boolean;
}>;
type Result = Evidence['results'][number];

/** All that had been recorded when something was decided. */
type Seen = Readonly<{ decided: number; facts: number; batches: number; results: readonly Result[] }>;
/** What a reader had seen of a version, by the digest and the position that was told then. */
const seenBy = new Map<string, Seen>();
const nameOf = ({ digest, position }: Evidence): string => `${digest} ${position}`;

const ofVersion = (model: string, version: number) =>
  decided.filter(({ data }) => data['model'] === model && data['version'] === version);

type Decision = Reviewed['decided'][number];

/** What was said of a version, one thing after another. */
function wordsOf(all: readonly Decision[]) {
  const tags = new Map<string, string>();
  let [description, stage] = ['', 'None'];
  const links: unknown[] = [];
  for (const { type, data } of all) {
    const said = data as Record<string, string> & Record<'links' | 'tags' | 'keys', never[]>;
    if (type === 'version.described') description = String(said['description']);
    if (type === 'version.staged') stage = String(said['to']);
    if (type === 'version.linked') links.push(...said.links);
    if (type === 'version.tagged') for (const { key, value } of said.tags) tags.set(key, value);
    if (type === 'version.untagged') for (const key of said.keys) tags.delete(key);
  }
  return { text: JSON.stringify([description, [...tags], links]), stage };
}

/** What is said of a version now, and where it is. Undefined: there is none. */
function saidOf(model: string, version: number) {
  const all = ofVersion(model, version);
  const created = all.find(({ type }) => type === 'version.created');
  if (created === undefined || all.some(({ type }) => type === 'version.deleted')) return undefined;
  const { text, stage } = wordsOf(all);
  const moves = decided.filter(({ type, data }) => type.startsWith('alias.') && data['model'] === model);
  const aliases = ['champion', 'next'].filter(
    (alias) => moves.findLast(({ data }) => data['alias'] === alias)?.data['version'] === version,
  );
  const { source, run } = created.data as { source: string; run?: string };
  const places = new Set([`stage/${stage}`, ...aliases.map((alias) => `alias/${alias}`)]);
  return { run, by: created.by, text: `${source} ${run} ${text}`, places };
}

const CHANGES = ['version.described', 'version.tagged', 'version.untagged', 'version.linked'];
const changesOf = (all: ReturnType<typeof ofVersion>): number =>
  all.filter(({ type }) => CHANGES.includes(type)).length;
const eventsOf = (facts: Reviewed['log']['facts'], run: string | undefined): string[] =>
  facts.flatMap((one) => (one.run === run ? [String(one.fact.id)] : []));
/** A batch that comes again by its number is no more than it was. */
const batchesOf = (run: string | undefined): number[] =>
  log.batches.flatMap((one, i) =>
    one.run === run && (one.sequence === undefined || log.batches.indexOf(one) === i) ? [i] : [],
  );

function objectivesNow(): Map<string, Decision> {
  const now = new Map<string, Decision>();
  for (const one of decided) {
    if (one.type === 'objective.defined') now.set(String(one.data['objective']), one);
    if (one.type === 'objective.retired') now.delete(String(one.data['objective']));
  }
  return now;
}

function recordedOf(run: string | undefined) {
  const facts = log.facts.filter((one) => one.run === run);
  const [first] = facts;
  if (first === undefined) return undefined;
  const start = facts.find(({ fact }) => fact.type === 'run.started');
  const { experiment, project = 'default', startedAt = '2026' } = (start?.fact.data ?? {}) as Record<string, string>;
  // Before it is announced it is in the project default, and in no experiment.
  const scopes = [`project/${project}`, ...(start === undefined ? [] : [`experiment/${experiment}`])];
  const saysEarly = start !== undefined && startedAt < '2027';
  /** Whether it had begun by what it says, or by when the log first had something of it. */
  const hadBegun = ({ behind }: { behind: number }): boolean => saysEarly || behind > log.facts.indexOf(first);
  return { by: first.sent.actor, scopes, hadBegun, project };
}

const HOLDS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const inJson = (value: number) => (Number.isFinite(value) ? value : (String(value) as 'NaN'));

function resultOf(run: string | undefined, definition: Decision): Result {
  const plain = readPlainly(log);
  const { objective, name, metric, aggregate, comparison, dataset, slice } = definition.data as Record<string, string>;
  const { number, threshold } = definition.data as Record<string, number>;
  const afterStart = recordedOf(run)?.hadBegun(definition) === true;
  const about = { objective: String(objective), number: Number(number), name: String(name), afterStart };
  const nothing = (reason: string): Result => {
    return { ...about, outcome: 'no value', value: null, missedBy: null, reason };
  };
  if (run === undefined) return nothing('the version names no run');
  if (dataset !== undefined && !plain.inputs(run).some(({ digest }) => digest === dataset))
    return nothing(`the run has used no data set of the digest ${dataset}`);
  const key = slice === undefined ? String(metric) : `${slice}/${metric}`;
  const value = plain.measured(run, key, String(aggregate));
  if (value === undefined) return nothing(`the run has logged no ${key}`);
  const isMet = HOLDS[String(comparison)]?.(value, Number(threshold)) === true;
  const missedBy = isMet || Number.isNaN(value) ? null : inJson(Math.abs(value - Number(threshold)));
  return { ...about, outcome: isMet ? 'met' : 'missed', value: inJson(value), missedBy, reason: null };
}

/** What was touched of what a reader had seen. */
function touchedOf(model: string, version: number, { decided: then, facts, batches, results }: Seen): string[] {
  const now = objectivesNow();
  const { run } = saidOf(model, version) ?? {};
  const since = changesOf(
    decided.slice(then).filter(({ data }) => data['model'] === model && data['version'] === version),
  );
  const before = new Set(eventsOf(log.facts.slice(0, facts), run));
  return [
    ...(since > 0 ? ['the version was changed'] : []),
    ...(eventsOf(log.facts, run).some((id) => !before.has(id)) ? ['more was recorded of the run'] : []),
    ...(batchesOf(run).some((at) => at >= batches) ? ['the run has logged more metrics'] : []),
    ...results.flatMap(({ objective, number, name }) => {
      const current = now.get(objective);
      if (current === undefined) return [`objective ${JSON.stringify(name)} was retired`];
      return current.data['number'] === number ? [] : [`objective ${JSON.stringify(name)} was defined anew`];
    }),
  ];
}

function approvalsOf(model: string, version: number, authors: readonly string[]) {
  return ofVersion(model, version).flatMap(({ type, data, by }) => {
    if (type !== 'version.approved') return [];
    const { model: _, version: __, ...said } = data;
    const { person, evidence } = data as { person: string; evidence: Evidence };
    const seen = seenBy.get(nameOf(evidence));
    if (seen === undefined) throw new Error('nobody had seen this');
    const end = decided.find((one) => one.type === 'approval.withdrawn' && one.data['approval'] === data['approval']);
    const withdrawn = end === undefined ? null : { actor: end.by, reason: end.data['reason'] };
    const touched = touchedOf(model, version, seen);
    const counts = withdrawn === null && touched.length === 0 && !authors.includes(person);
    return [{ ...said, actor: by, touched, withdrawn, counts }];
  });
}

/** A number as people read it. */
const short = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);

function missingAt(needs: Needs, run: string | undefined, approvals: ReturnType<typeof approvalsOf>): string[] {
  const now = objectivesNow();
  const lacking = needs.objectives.map((id) => {
    const definition = now.get(id);
    if (definition === undefined) return `objective ${id} cannot be judged: it was retired, or is not there`;
    const { outcome, missedBy, value, reason, afterStart } = resultOf(run, definition);
    const of = `objective ${JSON.stringify(definition.data['name'])}`;
    if (outcome === 'no value') return `${of} has no value: ${reason}`;
    if (outcome === 'missed')
      return `${of} is missed${missedBy === null ? '' : ` by ${String(short(missedBy))}`}: the value is ${value}`;
    return needs.before && afterStart ? `${of} was defined after the run began` : '';
  });
  const unapproved = needs.approvals.map(({ meaning, persons }) => {
    const all = approvals.filter((one) => (one as Data)['meaning'] === meaning);
    const counting = all.filter(({ counts }) => counts);
    const found = new Set(counting.map((one) => (one as Data)['person'])).size;
    const others = all.length - counting.length;
    const hint = others === 0 ? '' : `; ${others} more do not count: withdrawn, stale, or by an author`;
    return found >= persons
      ? ''
      : `approval ${JSON.stringify(meaning)} by ${persons - found} more who are not its authors${hint}`;
  });
  return [...lacking, ...unapproved].filter((text) => text !== '');
}

/** The gates that stand of these holders, by their targets. */
function gatesOf(holders: readonly string[]): Data[] {
  const gates = new Map<string, Data>();
  for (const { subject, type, data } of decided.filter((one) => holders.includes(one.subject))) {
    const name = `${subject} ${JSON.stringify(data['target'])}`;
    if (type === 'gate.set') gates.set(name, data);
    if (type === 'gate.lifted') gates.delete(name);
  }
  return [...gates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, data]) => data);
}

/** A digest is of one content, and a content has one digest. */
const contents = new Map<string, string>();
function expectDigestOf(kind: string, content: unknown, digest: string): void {
  const [text, name] = [`${kind} of ${JSON.stringify(content)}`, `${kind} by ${digest}`];
  expect([contents.get(text) ?? digest, contents.get(name) ?? text]).toEqual([digest, text]);
  contents.set(text, digest).set(name, text);
}

async function positionOf(run: string | undefined) {
  const places = (['runs', 'metrics'] as const).map((topic) => ({
    topic: TOPICS[topic].name,
    partition: run === undefined ? -1 : partitionOfRun(topic, 'default', run),
  }));
  const ends = await scene.log.ends([TOPICS.runs.name, TOPICS.metrics.name]);
  const isOf = (end: { topic: string; partition: number; offset: number }): boolean =>
    end.offset > 0 && places.some(({ topic, partition }) => topic === end.topic && partition === end.partition);
  const at = ends.filter(isOf).map(({ topic, partition, offset }) => ({ topic, partition, offset: offset - 1 }));
  return {
    incarnation: scene.log.incarnation,
    log: at.sort((a, b) => (a.topic < b.topic ? -1 : 1)),
    journal: [{ workspace: 'default', journalseq: decided.length }],
  };
}

/** What is to be told of a version; digests and positions are none of it. */
function expectedOf(model: string, version: number, { run, by, places }: NonNullable<ReturnType<typeof saidOf>>) {
  const recorded = recordedOf(run);
  const inScope = [...objectivesNow().values()].filter(({ data }) => {
    const { kind, id } = data['scope'] as { kind: string; id: string };
    return recorded?.scopes.includes(`${kind}/${id}`);
  });
  const results = inScope
    .map((definition) => resultOf(run, definition))
    .sort((a, b) => (a.objective < b.objective ? -1 : 1));
  const authors = [...new Set([by, ...(recorded?.by === undefined ? [] : [recorded.by])])];
  const approvals = approvalsOf(model, version, authors);
  const holders = [`model/${model}`, ...(recorded === undefined ? [] : [`project/${recorded.project}`])];
  const gates = gatesOf(holders).map((data) => {
    const { kind, name } = data['target'] as { kind: string; name: string };
    const missing = missingAt(data as Needs, run, approvals);
    return { ...data, holds: places.has(`${kind}/${name}`), passes: missing.length === 0, missing };
  });
  const facts = new Set(eventsOf(log.facts, run)).size;
  const metrics = new Set(log.batches.filter((one) => one.run === run).map(({ key }) => key)).size;
  const counted = run === undefined ? null : { run, facts: { count: facts }, metrics: { count: metrics } };
  const known = { version: { changes: changesOf(ofVersion(model, version)) }, run: counted, results };
  return { model: `name-of-${model}`, version, evidence: known, authors, approvals, gates };
}

/** An answer without its times, digests and position. */
function bare({ evidence, approvals, ...answer }: VersionGovernanceAnswer) {
  const { version, run, results } = evidence;
  const counted = run && {
    run: run.run,
    facts: { count: run.facts.count },
    metrics: { count: run.metrics.count },
  };
  return {
    ...answer,
    evidence: { version: { changes: version.changes }, run: counted, results },
    approvals: approvals.map(({ approvedAt: _, withdrawn, ...one }) => {
      return { ...one, withdrawn: withdrawn && { actor: withdrawn.actor, reason: withdrawn.reason } };
    }),
  };
}

async function expectEvidenceOf(model: string, version: number, text: string, evidence: Evidence): Promise<void> {
  const { digest, position, ...known } = evidence;
  expectDigestOf('version', text, known.version.digest);
  expectDigestOf('evidence', [model, version, known], digest);
  expect(decodePositionToken(position)).toEqual(await positionOf(known.run?.run));
  if (known.run === null) return;
  const { run, facts, metrics } = known.run;
  expectDigestOf('facts', [...new Set(eventsOf(log.facts, run))].sort(), facts.digest);
  expectDigestOf('metrics', batchesOf(run), metrics.digest);
}

/** Every answer that was held against the plain evaluation. */
const told: VersionGovernanceAnswer[] = [];

async function look(model: string, version: number): Promise<Evidence | null> {
  const { status, body } = await read(scene, `models/name-of-${model}/versions/${version}/governance`);
  const said = saidOf(model, version);
  expect([model, version, status]).toEqual([model, version, said === undefined ? 404 : 200]);
  if (said === undefined) return null;
  const answer = versionGovernanceAnswer.parse(body);
  const expected = expectedOf(model, version, said);
  expect(bare(answer)).toEqual(expected);
  await expectEvidenceOf(model, version, said.text, answer.evidence);
  const [facts, batches] = [log.facts.length, log.batches.length];
  const { results } = expected.evidence;
  seenBy.set(nameOf(answer.evidence), { decided: decided.length, facts, batches, results });
  told.push(answer);
  return answer.evidence;
}

it(`tells what is known of each version, who has approved it and what it lacks, of seed ${SEED}`, async () => {
  await recordRandomVersions(scene, reviewed, { seed: SEED, rounds: 400, look });
  for (const model of REVIEWED_MODELS)
    for (let version = 1; ofVersion(model, version).length > 0; version++) await look(model, version);
  // What there was to be told: everything that can be.
  const approvals = told.flatMap((one) => one.approvals);
  const gates = told.flatMap((one) => one.gates);
  const texts = [...approvals.flatMap(({ touched }) => touched), ...gates.flatMap(({ missing }) => missing)].join('\n');
  const kinds = [
    ...['the version was changed', 'more was recorded of the run', 'the run has logged more metrics'],
    ...['was retired$', 'was defined anew', 'cannot be judged', 'the version names no run', 'logged no night/acc'],
    ...['used no data set', 'is missed by 0', 'is missed by Infinity', 'the value is NaN'],
    ...['defined after the run began', 'by 1 more who', 'by 2 more who', 'more do not count'],
  ];
  expect(kinds.filter((text) => !new RegExp(text, 'm').test(texts))).toEqual([]);
  const seen = [
    approvals.map(({ counts }) => counts),
    gates.map(({ holds }) => holds),
    gates.map(({ passes }) => passes),
  ];
  for (const values of seen) expect(new Set(values).size).toBe(2);
  expect(gates.some(({ passes, approvals: needed }) => passes && needed.length > 0)).toBe(true);
  expect(new Set(told.map(({ authors }) => authors.length)).size).toBe(2);
}, 300_000);
