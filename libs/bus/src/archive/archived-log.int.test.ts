import { TOPICS } from '@runledger/contracts';
import { createDatabase, startKafka } from '@runledger/testkit';
import { archiveInMemory } from '../../test/archive-in-memory';
import { openPlace } from '../../test/log-place';
import { logContract, type World } from '../log.contract';
import { createArchivedLog } from './archived-log';
import { createArchivedRecords } from './archived-records';

/** Whatever the log has goes into the archive before each test. */
async function archived(world: World): Promise<World> {
  const archive = archiveInMemory();
  const native = await openPlace(world.place);
  return {
    ...world,
    open: async (place) =>
      createArchivedLog(await openPlace(place), createArchivedRecords(archive.files, archive.catalog)),
    before: async () => archive.move(native, await native.ends([TOPICS.runs.name])),
    end: async () => {
      await native.close();
      await world.end();
    },
  };
}

logContract('Postgres, before which an archive stands', async () => {
  const { url, drop } = await createDatabase('bus');
  return archived({ place: { kind: 'postgres', url }, database: url, end: drop });
});

logContract('Kafka, before which an archive stands', async () => {
  const kafka = await startKafka({ settings: { 'group.min.session.timeout.ms': '1000' } });
  const leases = await createDatabase('bus');
  return archived({
    place: { kind: 'kafka', brokers: kafka.brokers },
    database: leases.url,
    end: async () => {
      await leases.drop();
      await kafka.stop();
    },
  });
});
