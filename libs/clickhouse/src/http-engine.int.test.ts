import { startClickHouseHttp } from '@runledger/testkit';
import { clickhouseContract } from './clickhouse.contract';
import { openHttpClickHouse } from './http-engine';

clickhouseContract('an engine behind HTTP', async () => {
  const server = await startClickHouseHttp();
  const clickhouse = await openHttpClickHouse({ url: server.url });
  return {
    clickhouse,
    close: async () => {
      await clickhouse.close();
      await server.stop();
    },
  };
});
