import { createAccessReads } from '@runledger/access';
import { createCommands } from '@runledger/commands';
import { openJournal } from '@runledger/journal';
import { createLogger, Scope } from '@runledger/kernel';
import { noteHandedOut, openDataSource } from '@runledger/postgres';
import { createDatabase, eventually, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { startExportRecord } from './start-exports';

let database: TestDatabase;
let source: DataSource;
let processes: Scope[];
beforeAll(async () => {
  database = await createDatabase('exports');
  source = await openDataSource(database.url, { poolSize: 6 });
  await createCommands(openJournal(source)).provide('default');
});
beforeEach(() => {
  processes = [];
});
afterEach(() => Promise.all(processes.map((scope) => scope.stop())));
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const start = async (): Promise<void> => {
  const scope = new Scope();
  processes.push(scope);
  await startExportRecord(
    { scope, logger: createLogger('exports', 'silent') },
    { source, commands: createCommands(openJournal(source)) },
  );
};
const told = async () => {
  const events = await createAccessReads(source).events('default', { limit: 100 });
  return events.filter(({ event }) => event.type === 'access.exported').reverse();
};
const unrecorded = async (): Promise<number> => {
  const rows: Array<{ n: number }> = await source.query(
    'select count(*)::int as n from custody.handed_out where not recorded',
  );
  return rows[0]?.n ?? 0;
};

it('makes whatever was handed out part of the record, once, by whom it was', async () => {
  const note = (actor: string, kind: 'evidence' | 'export', scope: object) =>
    noteHandedOut(source, { workspace: 'default', actor, kind, scope: { ...scope } });
  await note('ada', 'export', { table: 'runs', format: 'csv' });
  await Promise.all([start(), start()]); // two processes look at the same rows
  await note('grace', 'evidence', { kind: 'run', run: 'r1' });
  await eventually(async () => ((await told()).length === 2 && (await unrecorded()) === 0 ? true : undefined));
  expect((await told()).map(({ actor, event }) => [actor, event.data])).toEqual([
    ['ada', expect.objectContaining({ kind: 'export', scope: '{"table":"runs","format":"csv"}' })],
    ['grace', expect.objectContaining({ kind: 'evidence', scope: '{"run":"r1","kind":"run"}' })],
  ]);
});

it('finds what is in the record already, where a process ended before it had noted that', async () => {
  await source.query('update custody.handed_out set recorded = false');
  await start();
  await eventually(async () => ((await unrecorded()) === 0 ? true : undefined));
  expect(await told()).toHaveLength(2);
});
