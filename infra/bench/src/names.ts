import type { DataSource } from 'typeorm';
import type { Server } from './server';

const KEYS = 100_000;
const RUN = 'wide';
const ASKED = 20;

/** A run with 100,000 metrics, as rows of the projections. */
export async function fillNames(source: DataSource): Promise<void> {
  await source.query(`insert into custody.series (workspace, run) values ('default', '${RUN}')`);
  await source.query(
    `insert into custody.metric_key (workspace, key)
     select 'default', 'layer.' || k % 1000 || '/block' || k || '/norm' from generate_series(1, ${KEYS}) k`,
  );
  await source.query(
    `insert into read.run_metric (series, key, step, time, value, first_step, first_time, min, max, has_nan, last_origin,
       last_step, last, points, unordered)
     select s.number, k.number, 1, 1, 1, 1, 1, 1, 1, false, 1, 1, 1, 1, false
     from custody.series s, custody.metric_key k where s.run = '${RUN}' and k.key like 'layer.%'`,
  );
}

/** Lists and finds the names of a run's 100,000 metrics. */
export async function measureNames({ url, key }: Server): Promise<Record<string, unknown>> {
  const questions: Record<string, (i: number) => string> = {
    'first page': () => '',
    'a prefix': (i) => `&prefix=layer.${i}/`,
    'a part': (i) => `&search=block9${i}7`,
  };
  const found: Record<string, unknown> = {};
  for (const [name, questionOf] of Object.entries(questions)) {
    const times: number[] = [];
    for (let i = 0; i < ASKED + 3; i++) {
      const begun = performance.now();
      const answer = await fetch(`${url}/api/v1/runs/${RUN}/metrics?limit=100${questionOf(i)}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
      if (i >= 3) times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
    found[name] = { p50Ms: at(0.5), p95Ms: at(0.95) };
  }
  return { keys: KEYS, ...found };
}
