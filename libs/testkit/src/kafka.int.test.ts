import { Kafka, logLevel } from 'kafkajs';
import { type KafkaServer, startKafka } from './kafka';

describe('the Kafka for tests', () => {
  let server: KafkaServer;
  beforeAll(async () => {
    server = await startKafka();
  });
  afterAll(() => server.stop());

  it('keeps what it acknowledged over kill -9, on the same port', async () => {
    const client = new Kafka({ brokers: [...server.brokers], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    const { clusterId } = await admin.describeCluster();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 2 }] });
    const producer = client.producer({ idempotent: true });
    await producer.connect();
    await producer.send({ topic: 'kept', acks: -1, messages: [{ key: 'a', value: 'one', partition: 1 }] });
    await Promise.all([producer.disconnect(), admin.disconnect()]);

    const before = server.pid();
    await server.kill('SIGKILL');
    await server.restart();
    expect(server.pid()).not.toBe(before);
    const again = client.admin();
    await again.connect();
    expect((await again.describeCluster()).clusterId).toBe(clusterId);
    expect(await again.fetchTopicOffsets('kept')).toContainEqual(expect.objectContaining({ partition: 1, high: '1' }));
    await again.disconnect();
  });
});
