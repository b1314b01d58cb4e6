import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clickhouseContract } from './clickhouse.contract';
import { curveReadsContract } from './curve-reads.contract';
import { openEmbeddedClickHouse } from './embedded-engine';
import { pouringContract } from './pouring.contract';

const open = async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'runledger-clickhouse-'));
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  return {
    clickhouse,
    close: async () => {
      await clickhouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

clickhouseContract('the embedded engine', open);
pouringContract('the embedded engine', open);
curveReadsContract('the embedded engine', open);
