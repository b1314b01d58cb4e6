import { readFileSync } from 'node:fs';
import { METRIC_POINT, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { type Spawned, spawnProgram, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type Bench, openBench } from './projector-process';

describe('a projector that is killed', () => {
  let bench: Bench;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    bench = await openBench('crash');
  });
  beforeEach(() => {
    folder = temporaryFolder('crash');
    return bench.reset();
  });
  afterEach(() => folder.remove());
  afterAll(() => bench.close());

  const start = (failpoint?: string): Spawned =>
    bench.projector({
      RUNLEDGER_DATA: folder.path,
      ...(failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: failpoint }),
    });

  /** Brings a healthy projector up, waits until all is projected, stops it, and counts what it left. */
  async function recoverAndCount() {
    const healthy = start();
    await bench.caughtUp();
    await healthy.stop();
    const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
    try {
      const count = async (final: string) =>
        Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
      return { stored: await count(''), shown: await count('final'), receipts: await bench.receipts() };
    } finally {
      await clickhouse.close();
    }
  }

  it.each(['range.before-stored', 'range.after-stored', 'range.after-insert', 'range.before-offset'])(
    'with -9 at %s leaves nothing lost and nothing twice',
    async (name) => {
      await bench.send();
      const first = start(`${name}:4`);
      const more = setInterval(() => void bench.send(), 100);
      expect(await first.ended).toBe('SIGKILL');
      const second = start(`${name}:1`); // dies again while it settles or goes on
      expect(await second.ended).toBe('SIGKILL');
      clearInterval(more);
      expect(await recoverAndCount()).toEqual(bench.everythingOnce());
    },
  );

  it('with -9 as the engine renames a part leaves nothing lost and nothing twice', async () => {
    await bench.send();
    const calls = 'rename,renameat,renameat2';
    const trace = `${folder.path}/trace`;
    const injected = start();
    await bench.caughtUp();
    // From here on the only renames are those of new parts. Each thread's first one is the last thing the process does.
    const fault = `inject=${calls}:signal=SIGKILL:when=1`;
    const flags = ['-f', '-o', trace, '-e', `trace=${calls}`, '-e', fault];
    const strace = spawnProgram('strace', [...flags, '-p', String(injected.pid)]);
    await strace.line(/attached/);
    await bench.send();
    expect(await injected.ended).toBe('SIGKILL');
    await strace.ended;
    expect(readFileSync(trace, 'utf8')).toMatch(/rename\w*\(.*tmp_insert_all_/);
    await bench.send();
    expect(await recoverAndCount()).toEqual(bench.everythingOnce());
  });
});
