import { openDataSource } from '@runledger/postgres';
import { createDatabase, startPostgres } from './postgres';
import { dropDatabase } from './test-database';

describe('databases for tests', () => {
  it('are migrated, separate, and gone once dropped', async () => {
    const [one, other] = await Promise.all([createDatabase('one'), createDatabase('other')]);
    const source = await openDataSource(one.url);
    await source.query(`insert into custody.workspace (id, name) values ('only-here', 'x')`);
    const elsewhere = await openDataSource(other.url);
    expect(await elsewhere.query(`select id from custody.workspace where id = 'only-here'`)).toEqual([]);
    await Promise.all([source.destroy(), elsewhere.destroy()]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(openDataSource(one.url)).rejects.toThrow(/does not exist/);
  });

  it('are dropped only under a name that says test', async () => {
    const { url } = await startPostgres();
    expect(new URL(url).pathname).toBe('/runledger');
    await expect(dropDatabase(url)).rejects.toThrow(/nothing is deleted/);
  });
});
