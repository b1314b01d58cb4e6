import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDatabase } from '@runledger/testkit';
import { printSchema } from '../test/print-schema';
import { migratePostgres, openDataSource } from './data-source';

const SNAPSHOT = path.join(__dirname, '../schema.sql');

describe('the schema', () => {
  it('of a migrated empty database is the one in schema.sql (UPDATE_SCHEMA=1 writes it)', async () => {
    const database = await createDatabase('schema');
    const source = await openDataSource(database.url, { poolSize: 2 });
    try {
      const text = `-- Every table after all migrations. Written by a test, see schema.int.test.ts; nothing reads it but people.\n\n${await printSchema(source)}`;
      if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(SNAPSHOT, text);
      expect(text).toBe(readFileSync(SNAPSHOT, 'utf8'));
      expect(await migratePostgres(source)).toEqual([]);
    } finally {
      await source.destroy();
      await database.drop();
    }
  });
});
