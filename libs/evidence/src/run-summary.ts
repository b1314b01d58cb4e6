import { FACTS, isFactType, type MetricBatch, readEvent } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import type { LeafBody } from './leaf-row';
import type { Payload } from './payload-line';

/** How many of each kind of thing a dossier shows of a run; the rest is counted. */
const MOST = 500;

/** Things by name, bounded. What a dossier does not show is in the leaves all the same. */
class Shown<T> {
  readonly items = new Map<string, T>();
  left = 0;

  set(name: string, value: T): void {
    if (this.items.has(name) || this.items.size < MOST) this.items.set(name, value);
    else this.left++;
  }
}

/** `last` is at the greatest (step, time), `arrived` the one that came last. */
export type MetricEnd = {
  points: number;
  step: bigint;
  time: bigint;
  last: number;
  arrived: number;
  min: number;
  max: number;
};
type Pairs = ReadonlyArray<readonly [string, string]>;

/** What is told of a run, from what its leaves commit to. */
export class RunSummary {
  readonly about = new Map<string, string>();
  readonly params = new Shown<string>();
  readonly tags = new Shown<string>();
  readonly inputs = new Shown<Pairs>();
  readonly artifacts = new Shown<Pairs>();
  readonly metrics = new Shown<MetricEnd>();
  readonly code = new Map<string, string>();
  readonly environment = new Map<string, string>();

  /** ms since 1970: what the run says, or when the log first had something of it if that was earlier. */
  began: number | null = null;

  #beganBy(time: string): void {
    this.began = Math.min(this.began ?? Number.POSITIVE_INFINITY, Date.parse(time));
  }

  /** Facts say more as they come; the order is the log's. */
  take(payload: Payload, leaf: Pick<LeafBody, 'time' | 'recorded'>): void {
    const time = leaf.time ?? leaf.recorded;
    this.#beganBy(leaf.recorded);
    if (!('event' in payload) || !isFactType(payload.event.type)) return;
    try {
      const { type, dataversion, data } = payload.event;
      this.#fact(readEvent<(typeof FACTS)[typeof type]>(FACTS[type], { id: '', type, time, dataversion, data }), time);
    } catch (error) {
      if (!isFault(error)) throw error; // it is listed among the changes as it is
    }
  }

  #fact(fact: ReturnType<typeof readEvent<(typeof FACTS)[keyof typeof FACTS]>>, time: string): void {
    switch (fact.type) {
      case 'run.started':
        this.#beganBy(fact.data.startedAt ?? time);
        return tell(this.about, { ...fact.data, fork: fact.data.fork?.run, startedAt: fact.data.startedAt ?? time });
      case 'run.updated':
        return tell(this.about, fact.data);
      case 'run.finished':
        return tell(this.about, { ...fact.data, finishedAt: fact.data.finishedAt ?? time });
      case 'params.logged':
        for (const { key, value } of fact.data.params)
          if (!this.params.items.has(key)) this.params.set(key, String(value));
        return;
      case 'tags.set':
        return fact.data.tags.forEach(({ key, value }) => this.tags.set(key, value));
      case 'tags.deleted':
        return fact.data.keys.forEach((key) => this.tags.items.delete(key));
      case 'inputs.used':
        for (const { name, digest, context, source } of fact.data.inputs)
          this.inputs.set(`${name} ${digest} ${context}`, [
            ['name', name],
            ['digest', digest],
            ['used for', context],
            ['source', source ?? ''],
          ]);
        return;
      case 'artifact.stored':
        return this.artifacts.set(fact.data.path, [
          ['path', fact.data.path],
          ['bytes', String(fact.data.size)],
          ['digest', fact.data.digest],
        ]);
      case 'code.recorded':
        return tell(this.code, fact.data);
      case 'environment.recorded':
        return tell(this.environment, {
          ...fact.data,
          packages: fact.data.packages.map((p) => `${p.name} ${p.version}`),
        });
      default:
        return; // the others are listed among the changes
    }
  }

  points({ keys, keyIndex, steps, times, values }: MetricBatch): void {
    for (const [i, index] of keyIndex.entries()) {
      const [key = '', step = 0n, time = 0n, value = Number.NaN] = [keys[index], steps[i], times[i], values[i]];
      const end = this.metrics.items.get(key) ?? {
        points: 0,
        step,
        time,
        last: value,
        arrived: value,
        min: value,
        max: value,
      };
      end.points++;
      end.arrived = value;
      if (step > end.step || (step === end.step && time >= end.time))
        [end.step, end.time, end.last] = [step, time, value];
      if (!(end.min <= value)) end.min = value;
      if (!(end.max >= value)) end.max = value;
      this.metrics.set(key, end);
    }
  }
}

function tell(about: Map<string, string>, data: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(data))
    if (value !== undefined) about.set(name, typeof value === 'string' ? value : JSON.stringify(value));
}
