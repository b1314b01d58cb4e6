import { Client } from 'pg';
import { inLog, openTables, said } from './metadata-tables.contract';

const times = new Map<string, [number, number]>();
const orig = Client.prototype.query;
(Client.prototype as any).query = function (sql: any, params: any, cb: any) {
  const t = performance.now();
  const done = () => {
    const k =
      String(sql).replace(/\s+/g, ' ').slice(0, 30) + ' … ' + /(?:join|update|into) (\S+)/.exec(String(sql))?.[1];
    const e = times.get(k) ?? [0, 0];
    e[0] += performance.now() - t;
    e[1]++;
    times.set(k, e);
  };
  const f = typeof params === 'function' ? params : cb;
  if (typeof f === 'function') {
    const g = (...a: any[]) => {
      done();
      f(...a);
    };
    return typeof params === 'function' ? (orig as any).call(this, sql, g) : (orig as any).call(this, sql, params, g);
  }
  const p = (orig as any).call(this, sql, params);
  p.then?.(done, done);
  return p;
};
it('is fast', async () => {
  const tables = await openTables();
  const N = 40_000;
  const make = (i: number) => {
    const run = `run-${i % 500}`;
    const w = { writer: `w-${i % 500}`, sequence: Math.floor(i / 500) };
    const k = i % 4;
    if (k === 0) return said(run, [{ type: 'params.logged', data: { params: [{ key: `p${i}`, value: i }] } }], w);
    if (k === 1) return said(run, [{ type: 'tags.set', data: { tags: [{ key: `t${i % 50}`, value: String(i) }] } }], w);
    if (k === 2)
      return said(
        run,
        [{ type: 'artifact.stored', data: { path: `a/${i}`, digest: `sha256:${'0'.repeat(64)}`, size: i } }],
        w,
      );
    return said(run, [{ type: 'run.updated', data: { name: `n${i}` } }], w);
  };
  const records = inLog(Array.from({ length: N }, (_, i) => make(i)));
  for (const size of [2000, 500, 100]) {
    await tables.startOver();
    const room = tables.consumer();
    await room.assigned('runledger.runs.v1', 0);
    const t = performance.now();
    const cpu = process.cpuUsage();
    for (let i = 0; i < N; i += size)
      await room.onBatch({
        topic: 'runledger.runs.v1',
        partition: 0,
        records: records.slice(i, i + size),
        stale: () => false,
      });
    const ms = performance.now() - t;
    const used = process.cpuUsage(cpu);
    require('fs').writeFileSync(
      '/var/tmp/meta/times-' + size,
      [...times]
        .sort((a: any, b: any) => b[1][0] - a[1][0])
        .map(([k, [ms, n]]: any) => `${Math.round(ms)}ms ${n} ${k}`)
        .join('\n'),
    );
    times.clear();
    console.log(
      size,
      Math.round((N / ms) * 1000),
      'messages/s',
      'node cpu',
      Math.round((used.user + used.system) / 1000),
      'of',
      Math.round(ms),
    );
  }
  const keys = [
    Array(100).fill('default'),
    Array.from({ length: 100 }, (_, i) => `run-${i}`),
    Array.from({ length: 100 }, (_, i) => `a/${i}`),
  ];
  const show = async (sql: string, p: unknown[]) => {
    const r = await tables.source.query('explain (analyze, buffers) ' + sql, p);
    require('fs').appendFileSync(
      '/var/tmp/meta/explain',
      sql.slice(0, 60) + '\n' + r.map((x: any) => x['QUERY PLAN']).join('\n') + '\n\n',
    );
  };
  await show(
    `select k.*, t.digest from unnest($1::text[],$2::text[],$3::text[]) as k(workspace,id,name) join read.run_artifact t on t.workspace = k.workspace and t.run = k.id and md5(t.path) = md5(k.name) and t.path = k.name and t.to_off is null`,
    keys,
  );
  await show(
    `select k.*, t.name from unnest($1::text[],$2::text[],$3::text[]) as k(workspace,id,name) join read.run t on t.workspace = k.workspace and t.run = k.id and t.to_off is null`,
    keys,
  );
  await show(
    `select k.*, a.digest from unnest($1::text[],$2::text[],$3::text[]) as k(workspace,run,event) join read.applied_event a using (workspace, run, event)`,
    keys,
  );
  await show(
    `select k.* from unnest($1::text[],$2::text[],$3::text[]) as k(workspace,run,writer) join read.writer_receipt a using (workspace, run, writer)`,
    keys,
  );
  await tables.close();
}, 200_000);
