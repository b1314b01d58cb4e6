import { createDatabase, startKafka } from '@runledger/testkit';
import { logContract } from '../log.contract';

logContract('Kafka', async () => {
  const kafka = await startKafka({ settings: { 'group.min.session.timeout.ms': '1000' } });
  const leases = await createDatabase('bus');
  return {
    place: { kind: 'kafka', brokers: kafka.brokers },
    database: leases.url,
    end: async () => {
      await leases.drop();
      await kafka.stop();
    },
  };
});
