import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clickhouseContract } from './clickhouse.contract';
import { openEmbeddedClickHouse } from './embedded-engine';

clickhouseContract('the embedded engine', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'runledger-clickhouse-'));
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  return {
    clickhouse,
    close: async () => {
      await clickhouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});
