import { type Journal, openJournal } from '@runledger/journal';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { type Commands, createCommands } from './commands';
import { experimentRules } from './experiment-rules';
import { projectRules } from './project-rules';

let database: TestDatabase;
let source: DataSource;
let journal: Journal;
let commands: Commands;
let workspaces = 0;
let who = { workspace: 'w0', actor: 'u1' };

beforeAll(async () => {
  database = await createDatabase('commands');
  source = await openDataSource(database.url, { poolSize: 20 });
  journal = openJournal(source);
});
beforeEach(() => {
  commands = createCommands(journal);
  who = { workspace: `w${++workspaces}`, actor: 'u1' };
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const typesIn = async (workspace: string): Promise<string[]> => {
  const rows: Array<{ subject: string; type: string; actor: string }> = await source.query(
    'select subject, type, actor from custody.journal_event where workspace = $1 order by journalseq',
    [workspace],
  );
  return rows.map(({ subject, type, actor }) => `${subject} ${type} ${actor}`);
};
const FIRST = ['project/default project.created system', 'experiment/0 experiment.created system'];

let made = 0;
const create = (name: string, project = 'default', experiment = `e${++made}`) =>
  commands.run(experimentRules, who, {
    id: `command-${++made}`,
    fields: { name, project, experiment },
    command: { name: 'create-experiment', experiment, project, as: name, tags: [] },
  });
const change = (name: 'delete-experiment' | 'restore-experiment', experiment: string) =>
  commands.run(experimentRules, who, { id: `command-${++made}`, fields: {}, command: { name, experiment } });

describe('a workspace', () => {
  it('has the project default and the experiment 0 before its first command, once, whoever comes first', async () => {
    const others = [createCommands(journal), createCommands(journal)];
    await Promise.all([...others, commands].map((one) => one.provide(who.workspace)));
    await create('digits');
    expect((await typesIn(who.workspace)).slice(0, 2)).toEqual(FIRST);
    expect(await typesIn(who.workspace)).toHaveLength(3);
  });

  it('that has used the name or the number before is left as it is', async () => {
    const old = { name: 'create-experiment', experiment: 'old', project: 'default', as: 'Default', tags: [] } as const;
    await journal.append({
      workspace: who.workspace,
      subject: 'experiment/old',
      expectedVersion: 0,
      commandId: 'old',
      commandName: old.name,
      commandDigest: 'old',
      actor: 'u1',
      events: [
        {
          type: 'experiment.created',
          dataversion: 1,
          data: { experiment: 'old', project: 'default', name: 'Default', tags: [] },
        },
      ],
      claims: { take: [{ kind: 'experiment-name', name: 'Default' }], release: [] },
      result: {},
    });
    await commands.provide(who.workspace);
    expect(await typesIn(who.workspace)).toEqual(['experiment/old experiment.created u1', FIRST[0]]);
  });
});

describe('a project', () => {
  it('must be there for an experiment to be created in it', async () => {
    await expect(create('digits', 'vision')).rejects.toMatchObject({ kind: 'invalid', code: 'PROJECT_UNKNOWN' });
    expect(await typesIn(who.workspace)).toEqual(FIRST);
    await commands.run(projectRules, who, {
      id: 'p',
      fields: {},
      command: { name: 'create-project', project: 'vision', as: 'Vision', description: '' },
    });
    expect((await create('digits', 'vision')).result).toMatchObject({ project: 'vision', lifecycle: 'active' });
  });
});

describe('the name of a deleted experiment', () => {
  it('is free, and whoever took it keeps it against the one that comes back', async () => {
    const first = await create('digits');
    await change('delete-experiment', first.result.experiment);
    const second = await create('digits');
    await expect(change('restore-experiment', first.result.experiment)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'EXPERIMENT_NAME_TAKEN',
      context: { details: { experiment: second.result.experiment } },
    });
    await change('delete-experiment', second.result.experiment);
    expect((await change('restore-experiment', first.result.experiment)).result.lifecycle).toBe('active');
  });
});

describe('numbered experiments', () => {
  const numbered = (name: string, on = commands) =>
    on.createNumbered(who, { id: `numbered-${++made}`, name, project: 'default', tags: [] });

  it('have ids that are numbers, each another one, when many come at once from many processes', async () => {
    const processes = [commands, createCommands(journal), createCommands(journal)];
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => numbered(`n${i}`, processes[i % 3])));
    const ids = all.map(({ result }) => result.experiment);
    expect(new Set(ids).size).toBe(30);
    for (const id of ids) expect(id).toMatch(/^[1-9]\d*$/);
  });

  it('step around an experiment to which a client has given that number', async () => {
    const head = await create('native');
    await create('in the way', 'default', String(head.journalseq + 2));
    const answer = await numbered('digits');
    expect(Number(answer.result.experiment)).toBeGreaterThan(head.journalseq + 2);
  });

  it('are the same when the same command comes again', async () => {
    const asked = { id: 'again', name: 'digits', project: 'default', tags: [] };
    const first = await commands.createNumbered(who, asked);
    await create('another');
    expect(await commands.createNumbered(who, asked)).toEqual(first);
  });

  it('are refused a name that is taken', async () => {
    await create('digits');
    await expect(numbered('digits')).rejects.toMatchObject({ code: 'EXPERIMENT_NAME_TAKEN' });
  });
});
