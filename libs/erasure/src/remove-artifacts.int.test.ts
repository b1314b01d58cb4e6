import { type Artifacts, openArtifactFolder } from '@runledger/artifacts';
import type { DecisionType } from '@runledger/contracts';
import { openJournal } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { createArtifactLocks, createDueRuns, createErasedArtifacts, openDataSource } from '@runledger/postgres';
import {
  appendDecision,
  createDatabase,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { createApprovedErasures } from './approved-erasures';
import { removeArtifacts } from './remove-artifacts';

let database: TestDatabase;
let source: DataSource;
let folder: TemporaryFolder;
let artifacts: Artifacts;
beforeAll(async () => {
  database = await createDatabase('remove_artifacts');
  source = await openDataSource(database.url);
  folder = temporaryFolder('remove-artifacts');
  artifacts = await openArtifactFolder(folder.path);
}, 120_000);
afterAll(async () => {
  await source.destroy();
  await database.drop();
  folder.remove();
});

const decide = (type: DecisionType, data: object): Promise<number> =>
  appendDecision(openJournal(source), { subject: 'erasures', type, data, actor: 'admin' });

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function stored(text: string): Promise<string> {
  const { digest } = await artifacts.put(bytesOf(text));
  return digest;
}

async function erase(digest: string, run: string): Promise<void> {
  const of = { erasure: `of-${run}`, subjects: [], people: [], artifacts: [{ digest, runs: [run] }] };
  await decide('erasure.requested', { ...of, reference: 'ticket', person: 'ada' });
  await decide('subject.erased', { ...of, person: 'bo' });
}

/** One round of what takes bytes away. */
async function round(): Promise<void> {
  await createApprovedErasures(source).list('open');
  const rows = {
    files: createErasedArtifacts(source),
    due: createDueRuns(source),
    locked: createArtifactLocks(source),
  };
  await removeArtifacts({ ...rows, artifacts, logger: createLogger('test', 'silent') }, 'all');
}

const hold = (id: string, of: object): Promise<number> =>
  decide('hold.placed', { hold: id, subjects: [], artifacts: [], runs: [], projects: [], reference: 'case', ...of });

it.each<[string, string, (digest: string) => object]>([
  ['their digest', 'by-digest', (digest) => ({ artifacts: [digest] })],
  ['the run in which they were named', 'by-run', () => ({ runs: ['by-run'] })],
  ['everybody', 'by-all', () => ({ subjects: undefined })],
])('keeps bytes that wait to be erased under a hold of %s, until it is lifted', async (_, name, of) => {
  const digest = await stored(`bytes that are held ${name}`);
  await erase(digest, name);
  await hold(name, of(digest));
  await hold(`${name}-of-others`, { runs: ['another-run'] });
  await round();
  expect(await artifacts.has(digest)).toBe(true);
  await decide('hold.lifted', { hold: name });
  await round();
  expect(await artifacts.has(digest)).toBe(false);
});

it('takes bytes that another run has once the artifacts of that one have expired, and no sooner', async () => {
  const digest = await stored('bytes of two runs');
  await source.query(
    `insert into read.run_artifact (workspace, run, path, digest, size, media_type, from_off, from_ord, from_time, from_actor)
     select 'default', run, 'f', $1, 17, 'text/plain', off, 0, now(), 'ada' from unnest(array['erased', 'kept']) with ordinality as t (run, off)`,
    [digest],
  );
  await erase(digest, 'erased');
  await round();
  expect(await artifacts.has(digest)).toBe(true);
  await source.query(
    `insert into custody.expired_run (workspace, run, what, event, journalseq, decided_at) values ('default', 'kept', 'artifacts', 'e', 1, now())`,
  );
  await round();
  expect(await artifacts.has(digest)).toBe(false);
});

it('takes bytes again that went before a hold came, and that a backup brings back', async () => {
  const digest = await stored('bytes of a backup');
  await erase(digest, 'backup');
  await round();
  expect(await artifacts.has(digest)).toBe(false);
  await hold('too-late', { artifacts: [digest] });
  expect(await stored('bytes of a backup')).toBe(digest);
  await round();
  expect(await artifacts.has(digest)).toBe(false);
});
