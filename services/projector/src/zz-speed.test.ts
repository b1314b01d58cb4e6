import { inLog, openTables, said } from './metadata-tables.contract';
it('is fast', async () => {
  const tables = await openTables();
  const N = 40_000;
  const make = (i: number) => {
    const run = `run-${i % 500}`;
    const w = { writer: `w-${i % 500}`, sequence: Math.floor(i / 500) };
    const k = i % 4;
    if (k === 0) return said(run, [{ type: 'params.logged', data: { params: [{ key: `p${i}`, value: i }] } }], w);
    if (k === 1) return said(run, [{ type: 'tags.set', data: { tags: [{ key: `t${i % 50}`, value: String(i) }] } }], w);
    if (k === 2) return said(run, [{ type: 'artifact.stored', data: { path: `a/${i}`, digest: `sha256:${'0'.repeat(64)}`, size: i } }], w);
    return said(run, [{ type: 'run.updated', data: { name: `n${i}` } }], w);
  };
  const records = inLog(Array.from({ length: N }, (_, i) => make(i)));
  for (const size of [2000, 500, 100]) {
    await tables.startOver();
    const room = tables.consumer(); await room.assigned('runledger.runs.v1', 0);
    const t = performance.now(); const cpu = process.cpuUsage();
    for (let i = 0; i < N; i += size) await room.onBatch({ topic: 'runledger.runs.v1', partition: 0, records: records.slice(i, i + size), stale: () => false });
    const ms = performance.now() - t; const used = process.cpuUsage(cpu);
    console.log(size, Math.round(N / ms * 1000), 'messages/s', 'node cpu', Math.round((used.user+used.system)/1000), 'of', Math.round(ms));
  }
  await tables.close();
}, 200_000);
