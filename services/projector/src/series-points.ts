import { ORDINALS, type PointColumns } from '@runledger/clickhouse';
import type { MetricBatch } from '@runledger/contracts';

/** A batch of the log whose names have become numbers. `keys` has one entry for each of the batch's dictionary. */
export type NumberedBatch = Readonly<{
  offset: number;
  series: number;
  writer: number;
  keys: Uint32Array;
  batch: MetricBatch;
}>;

/** The points of one series and key inside a range: rows `from` up to and without `to`, in the order of the log. */
export type Stretch = Readonly<{ series: number; key: number; from: number; to: number }>;

/** A stretch in the making: how many rows, and where the next one goes. */
type Group = { readonly series: number; readonly key: number; rows: number; at: number };

class Groups {
  readonly #bySeries = new Map<number, Map<number, Group>>();
  readonly all: Group[] = [];

  of(series: number, key: number): Group {
    let keys = this.#bySeries.get(series);
    if (keys === undefined) this.#bySeries.set(series, (keys = new Map<number, Group>()));
    let group = keys.get(key);
    if (group === undefined) {
      group = { series, key, rows: 0, at: 0 };
      keys.set(key, group);
      this.all.push(group);
    }
    return group;
  }

  /** Gives every group its place, in the order of the table's sorting key. Answers the number of rows. */
  place(): number {
    this.all.sort((a, b) => a.series - b.series || a.key - b.key);
    let at = 0;
    for (const group of this.all) {
      group.at = at;
      at += group.rows;
    }
    return at;
  }
}

const emptyColumns = (rows: number, partition: number): PointColumns => ({
  rows,
  series: new Uint32Array(rows),
  key: new Uint32Array(rows),
  step: new Int32Array(2 * rows),
  time: new Int32Array(2 * rows),
  value: new Float64Array(rows),
  writer: new Uint32Array(rows),
  lp: new Uint16Array(rows).fill(partition),
  ver: new Int32Array(2 * rows),
});

/** Moves one batch's points to the places of their groups, in the order in which they were logged. */
function scatter(numbered: NumberedBatch, groups: readonly Group[], out: PointColumns): void {
  const { batch, offset, writer } = numbered;
  const steps = new Int32Array(batch.steps.buffer, batch.steps.byteOffset, 2 * batch.steps.length);
  const times = new Int32Array(batch.times.buffer, batch.times.byteOffset, 2 * batch.times.length);
  const { keyIndex, values } = batch;
  // A version is the complement of offset * 2^20 + ordinal: 12 bits of the offset share the low half with the ordinal.
  const lowOffset = (offset % 4096) * ORDINALS;
  const highVersion = ~Math.floor(offset / 4096);
  for (let i = 0; i < values.length; i++) {
    const group = groups[keyIndex[i] as number] as Group;
    const at = group.at++;
    const half = 2 * at;
    out.step[half] = steps[2 * i] as number;
    out.step[half + 1] = steps[2 * i + 1] as number;
    out.time[half] = times[2 * i] as number;
    out.time[half + 1] = times[2 * i + 1] as number;
    out.value[at] = values[i] as number;
    out.writer[at] = writer;
    out.ver[half] = ~(lowOffset + i);
    out.ver[half + 1] = highVersion;
  }
}

/**
 * Turns the new batches of a range into columns, grouped by series and key. Steps mostly rise, so the engine mostly finds the block
 * sorted and need not sort it. The same batches always give the same columns: a retry stores the same part.
 */
export function buildPoints(
  partition: number,
  batches: readonly NumberedBatch[],
): { points: PointColumns; stretches: Stretch[] } {
  const groups = new Groups();
  const groupsOf = batches.map(({ series, keys, batch }) => {
    const own = Array.from(keys, (key) => groups.of(series, key));
    const { keyIndex } = batch;
    for (let i = 0; i < keyIndex.length; i++) (own[keyIndex[i] as number] as Group).rows++;
    return own;
  });
  const out = emptyColumns(groups.place(), partition);
  // A dictionary may hold a name that no point uses.
  const used = groups.all.filter((group) => group.rows > 0);
  const stretches = used.map(({ series, key, at, rows }) => ({ series, key, from: at, to: at + rows }));
  for (const { series, key, from, to } of stretches) {
    out.series.fill(series, from, to);
    out.key.fill(key, from, to);
  }
  for (const [i, numbered] of batches.entries()) scatter(numbered, groupsOf[i] as Group[], out);
  return { points: out, stretches };
}
