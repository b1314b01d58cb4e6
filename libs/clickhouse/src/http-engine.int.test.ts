import { startClickHouseHttp } from '@runledger/testkit';
import { clickhouseContract } from './clickhouse.contract';
import { curveReadsContract } from './curve-reads.contract';
import { openHttpClickHouse } from './http-engine';
import { pouringContract } from './pouring.contract';

const open = async () => {
  const server = await startClickHouseHttp();
  const clickhouse = await openHttpClickHouse({ url: server.url });
  return {
    clickhouse,
    close: async () => {
      await clickhouse.close();
      await server.stop();
    },
  };
};

clickhouseContract('an engine behind HTTP', open);
pouringContract('an engine behind HTTP', open);
curveReadsContract('an engine behind HTTP', open);
