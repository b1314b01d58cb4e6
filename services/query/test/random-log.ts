import { drawing } from '@runledger/testkit';
import type { Scene } from './query-scene';
import type { Fact, Point, Sent } from './record-and-project';

export type Value = string | number | boolean;
export type Logged = Point & Readonly<{ time: number; step: number; value: number }>;
/** All that was recorded, in its order: what reads are compared with. */
export type RandomLog = Readonly<{
  facts: ReadonlyArray<Readonly<{ run: string; fact: Fact; sent: Sent }>>;
  batches: ReadonlyArray<
    Readonly<{ run: string; key: string; writer: string; points: readonly Logged[]; sequence?: number }>
  >;
}>;

export const LOG_RUNS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const KEYS = ['loss', 'Loss/val', 'acc', 'val/acc'];
const VALUES = [Number.NaN, Infinity, -Infinity, -0, 0.1, 0.3, 0.7, 0.95];
const DIGESTS = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
const NOW = '2026-01-01T00:00:00.000Z';

const WRITERS = ['w0', '', 'w1', ''];

/** The next sequence of a writer, of none none; some of them never come. Draws for itself, so that the rest of the record is what it is without. */
function numbering(seed: number) {
  const draw = drawing(seed + 1_000);
  const next = new Map<string, number>();
  return (topic: string, run: string, writer: string): { sequence?: number } => {
    if (writer === '') return {};
    const name = `${topic}/${run}/${writer}`;
    const sequence = (next.get(name) ?? 0) + (draw() < 0.2 ? 1 : 0);
    next.set(name, sequence + 1);
    return { sequence };
  };
}

/** Records random facts and points: out of order, doubled, not finite, of several writers, of runs that fork. The last run is never announced. */
export async function recordRandomLog({ record }: Scene, seed: number, rounds: number): Promise<RandomLog> {
  const draw = drawing(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const facts: Array<{ run: string; fact: Fact; sent: Sent }> = [];
  const numberOf = numbering(seed);
  const batches: Array<RandomLog['batches'][number]> = [];
  const kinds: ReadonlyArray<() => Fact> = [
    () => ({
      type: 'params.logged',
      data: { params: [{ key: pick(['p0', 'p1']), value: pick<Value>(['a', 'b', 1, true]) }] },
    }),
    () => ({ type: 'tags.set', data: { tags: [{ key: pick(['t0', 't1']), value: pick(['x', 'y']) }] } }),
    () => ({ type: 'tags.deleted', data: { keys: [pick(['t0', 't1'])] } }),
    () => ({
      type: 'inputs.used',
      data: { inputs: [{ name: pick(['n', 'm']), digest: pick(DIGESTS), context: pick(['', 'train']) }] },
    }),
    () => ({ type: 'run.linked', data: { links: [{ kind: pick(['job', 'deployment']), uri: pick(['x:1', 'x:2']) }] } }),
    () => ({ type: 'code.recorded', data: { commit: pick(['c1', 'c2']), branch: pick(['main', 'dev']) } }),
    () => ({
      type: 'environment.recorded',
      data: {
        os: pick(['linux', 'darwin']),
        cpus: pick([1, 2]),
        packages: [{ name: pick(['numpy', 'torch']), version: pick(['1', '2']) }],
      },
    }),
    () => ({ type: 'outputs.made', data: { outputs: [{ loggedModel: pick(['m-1', 'm-2']), step: pick([1, 2]) }] } }),
    () => ({ type: 'artifact.stored', data: { path: pick(['w', 'v']), digest: pick(DIGESTS), size: 1 } }),
    () => ({ type: 'artifacts.deleted', data: { paths: [pick(['w', 'v'])] } }),
  ];
  const say = async (run: string, fact: Fact, writer = ''): Promise<void> => {
    const sent = writer === '' ? {} : { writer, ...numberOf('runs', run, writer) };
    facts.push({ run, fact, sent });
    await record.facts(run, [fact], sent);
  };
  const announced = LOG_RUNS.slice(0, -1);
  for (const [i, run] of announced.entries()) {
    const elder = announced[Math.floor(draw() * i)];
    const fork = elder === undefined || draw() < 0.5 ? {} : { fork: { run: elder, step: pick([3, 9]) } };
    const parent = i > 0 && draw() < 0.4 ? { parent: pick(announced.slice(0, i)) } : {};
    const data = { experiment: pick(['e1', 'e2']), startedAt: NOW, ...fork, ...parent };
    await say(run, { type: 'run.started', data, id: `start-${run}` });
  }
  let ticks = 0;
  const last = new Map<string, RandomLog['batches'][number]>();
  const log = async (): Promise<void> => {
    const [run, key] = [pick(LOG_RUNS), pick(KEYS)];
    const drawn = (): Logged[] =>
      Array.from({ length: 1 + Math.floor(draw() * 4) }, () => ({
        step: Math.floor(draw() * 20),
        time: Math.floor(draw() * 9) * 1_000 + ticks++,
        value: pick(VALUES),
      }));
    const again = last.get(`${run}/${key}`);
    const numbered = (writer: string) => ({ writer, ...numberOf('metrics', run, writer) });
    const isAgain = again !== undefined && draw() < 0.2;
    const batch = isAgain ? again : { run, key, ...numbered(pick(['', 'w0', 'w1'])), points: drawn() };
    last.set(`${run}/${key}`, batch);
    batches.push(batch);
    await record.stored(batch);
  };
  const end = async (run: string, i: number): Promise<void> => {
    const [topic, writer] = [i % 3 === 0 ? 'runs' : 'metrics', WRITERS[i % 3]];
    // Some have sent more than what is stored, and some, it seems, less.
    const data = { topic, writer, batches: Math.floor(draw() * 20), points: Math.floor(draw() * 90) };
    if (writer !== '') await say(run, { type: 'writer.closed', data, id: `closed-${run}` });
    await say(run, { type: 'run.updated', data: { name: `name of ${run}` }, id: `named-${run}` });
  };
  for (let round = 0; round < rounds; round++) {
    if (draw() < 0.5) {
      const repeated = pick(facts);
      // An event that comes again is the same event.
      if (draw() < 0.15) await record.facts(repeated.run, [repeated.fact], repeated.sent);
      else await say(pick(announced), { ...pick(kinds)(), id: `fact-${round}` }, WRITERS[round % 4]);
    } else await log();
    if (draw() < 0.1) await record.projectMetadata();
  }
  for (const [i, run] of announced.entries()) await end(run, i);
  await record.projectMetadata();
  return { facts, batches };
}

type Entries<T> = ReadonlyArray<Readonly<{ run: string; data: T }>>;
const entriesOf = <T>({ facts }: RandomLog, type: Fact['type']): Entries<T> =>
  facts.flatMap(({ run, fact }) => (fact.type === type ? [{ run, data: fact.data as T }] : []));

/** Of one writer in one topic: `missing` are the sequences that are known to be sent and did not come. */
export type Receipt = Readonly<{
  topic: string;
  writer: string;
  sent: number | null;
  sentPoints: number | null;
  stored: number;
  points: number;
  missing: readonly number[];
}>;
export type Environment = Readonly<{
  os: string;
  cpus: number;
  packages: ReadonlyArray<Readonly<{ name: string; version: string }>>;
}>;
export const environmentText = ({ os, cpus, packages }: Environment): string =>
  [os, cpus, ...packages.map(({ name, version }) => `${name} ${version}`)].join(', ');

/** What the log says, read plainly from its beginning. */
export function readPlainly(log: RandomLog) {
  const ofRun = <T>(run: string, type: Fact['type']): T[] =>
    entriesOf<T>(log, type).flatMap((one) => (one.run === run ? [one.data] : []));
  type Input = Readonly<{ name: string; digest: string; context: string }>;
  /** Each point once, in the order of its first arrival. */
  const points = (run: string, key: string): Array<Logged & { writer: string }> => {
    const all = log.batches.filter((one) => one.run === run && one.key === key);
    const named = all.flatMap((batch) =>
      batch.points.map(
        (p) => [`${batch.writer}/${p.step}/${p.time}/${p.value}`, { ...p, writer: batch.writer }] as const,
      ),
    );
    return named.filter(([name], i) => named.findIndex(([other]) => other === name) === i).map(([, point]) => point);
  };
  return {
    isKnown: (run: string): boolean => log.facts.some((one) => one.run === run),
    started: (run: string) =>
      ofRun<{ experiment: string; fork?: { run: string; step: number }; parent?: string }>(run, 'run.started')[0],

    /** The first value of each wins. */
    params: (run: string): Map<string, Value> => {
      const found = new Map<string, Value>();
      for (const { params } of ofRun<{ params: Array<{ key: string; value: Value }> }>(run, 'params.logged'))
        for (const { key, value } of params) if (!found.has(key)) found.set(key, value);
      return found;
    },

    /** The last writer wins. */
    tags: (run: string): Map<string, string> => {
      const found = new Map<string, string>();
      for (const one of log.facts.filter((each) => each.run === run)) {
        const data = one.fact.data as { tags: Array<{ key: string; value: string }>; keys: string[] };
        if (one.fact.type === 'tags.set') for (const { key, value } of data.tags) found.set(key, value);
        if (one.fact.type === 'tags.deleted') for (const key of data.keys) found.delete(key);
      }
      return found;
    },

    inputs: (run: string): Input[] => {
      const all = ofRun<{ inputs: Input[] }>(run, 'inputs.used').flatMap(({ inputs }) => inputs);
      return [...new Map(all.map((input) => [JSON.stringify(input), input])).values()];
    },
    links: (run: string) =>
      ofRun<{ links: Array<{ kind: string; uri: string }> }>(run, 'run.linked').flatMap(({ links }) => links),
    outputs: (run: string) =>
      ofRun<{ outputs: Array<{ loggedModel: string }> }>(run, 'outputs.made').flatMap(({ outputs }) => outputs),
    code: (run: string) => ofRun<{ commit: string; branch: string }>(run, 'code.recorded').at(-1),
    environment: (run: string) => ofRun<Environment>(run, 'environment.recorded').at(-1),

    /** What lies at each path now. */
    artifacts: (run: string): Map<string, string> => {
      const found = new Map<string, string>();
      for (const one of log.facts.filter((each) => each.run === run)) {
        const data = one.fact.data as { path: string; digest: string; paths: string[] };
        if (one.fact.type === 'artifact.stored') found.set(data.path, data.digest);
        if (one.fact.type === 'artifacts.deleted') for (const path of data.paths) found.delete(path);
      }
      return found;
    },
    /** What was said of tags, files, code and environment one thing after another, as far as it was not so before: kind, name, before and after. */
    changes: (run: string): Array<readonly [kind: string, name: string, before: unknown, after: unknown]> => {
      const now = new Map<string, unknown>();
      const found: Array<readonly [string, string, unknown, unknown]> = [];
      const become = (kind: string, name: string, after: unknown): void => {
        const before = now.get(`${kind}/${name}`) ?? null;
        if (before === after) return;
        now.set(`${kind}/${name}`, after);
        found.push([kind, name, before, after]);
      };
      for (const { fact } of log.facts.filter((each) => each.run === run)) {
        const data = fact.data as Record<'tags', Array<{ key: string; value: string }>> &
          Record<'keys' | 'paths', string[]> &
          Record<'path' | 'digest' | 'commit' | 'branch', string>;
        if (fact.type === 'tags.set') for (const { key, value } of data.tags) become('tag', key, value);
        if (fact.type === 'tags.deleted') for (const key of data.keys) become('tag', key, null);
        if (fact.type === 'artifact.stored') become('artifact', data.path, data.digest);
        if (fact.type === 'artifacts.deleted') for (const path of data.paths) become('artifact', path, null);
        if (fact.type === 'code.recorded') become('code', '', `${data.commit} ${data.branch}`);
        if (fact.type === 'environment.recorded') become('environment', '', environmentText(fact.data as Environment));
      }
      return found;
    },
    /** What came of each writer by its numbers, and what each said last that it had sent; by topic and writer. */
    receipts: (run: string): Receipt[] => {
      const numbered = [
        ...log.batches.map((one) => ({ ...one, topic: 'metrics', points: one.points.length })),
        ...log.facts.map(({ run: of, sent }) => ({ ...sent, run: of, topic: 'runs', points: 0 })),
      ].filter((one) => one.run === run && one.sequence !== undefined);
      const closed = ofRun<{ topic: string; writer: string; batches: number; points: number }>(run, 'writer.closed');
      const names = new Set([...numbered, ...closed].map(({ topic, writer = '' }) => `${topic} ${writer}`));
      return [...names].sort().map((name) => {
        const [topic = '', writer = ''] = name.split(' ');
        const own = numbered.filter((one) => one.topic === topic && one.writer === writer);
        const bySequence = new Map(own.map(({ sequence = 0, points }) => [sequence, points]));
        const said = closed.findLast((one) => one.topic === topic && one.writer === writer);
        const end = said?.batches ?? Math.max(-1, ...bySequence.keys()) + 1;
        return {
          topic,
          writer,
          sent: said?.batches ?? null,
          sentPoints: said?.points ?? null,
          stored: bySequence.size,
          points: [...bySequence.values()].reduce((sum, points) => sum + points, 0),
          missing: Array.from({ length: end }, (_, sequence) => sequence).filter((one) => !bySequence.has(one)),
        };
      });
    },
    /** Rows of points: a batch that has no number is stored as often as it comes. */
    rows: (): number => {
      const first = (one: RandomLog['batches'][number], i: number): boolean =>
        one.sequence === undefined || log.batches.indexOf(one) === i;
      return log.batches.filter(first).reduce((sum, { points }) => sum + points.length, 0);
    },

    storedOnce: (digest: string): boolean =>
      entriesOf<{ digest: string }>(log, 'artifact.stored').some(({ data }) => data.digest === digest),

    keys: (run?: string): string[] => [
      ...new Set(log.batches.filter((one) => run === undefined || one.run === run).map(({ key }) => key)),
    ],
    points,
    /** A metric summed up; undefined where there are no points of it. */
    measured: (run: string, key: string, aggregate: string): number | undefined => {
      const all = points(run, key);
      const numbers = all.map(({ value }) => value).filter((value) => !Number.isNaN(value));
      const order = (value: number): number => (Number.isNaN(value) ? -Infinity : value);
      if (all.length === 0) return undefined;
      if (aggregate === 'last') return all.at(-1)?.value;
      if (aggregate === 'latest')
        return all.sort((a, b) => a.step - b.step || a.time - b.time || order(a.value) - order(b.value)).at(-1)?.value;
      if (numbers.length === 0) return Number.NaN;
      return aggregate === 'min' ? Math.min(...numbers) : Math.max(...numbers);
    },
  };
}
export type PlainReads = ReturnType<typeof readPlainly>;
