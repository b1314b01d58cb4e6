import fc from 'fast-check';
import { historyOf } from './metadata-histories.contract';
import { cutInto, inLog, openTables, type Tables } from './metadata-tables.contract';

let tables: Tables;
beforeAll(async () => {
  tables = await openTables();
});
afterAll(() => tables.close());

describe('batches of the log', () => {
  it('give the same tables wherever they are cut, and delivered again', async () => {
    await fc.assert(
      fc.asyncProperty(
        historyOf(['r1', 'r1', 'r2']),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
        async (records, cuts) => {
          await tables.startOver();
          await tables.project([inLog(records)]);
          const whole = await tables.dump();
          await tables.startOver();
          const parts = cutInto(inLog(records), cuts);
          for (const part of parts) await tables.project([part, part]); // each comes again, as after an answer that was lost
          expect(await tables.dump()).toEqual(whole);
          await tables.startOver();
          await tables.project(cutInto(inLog(records), [1]));
          expect(await tables.dump()).toEqual(whole);
          await tables.project(cutInto(inLog(records, records.length), cuts)); // every message again, from its client
          expect(await tables.dump()).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});
