import { type Journal, openJournal } from '@runledger/journal';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { type Commands, createCommands } from './commands';
import { experimentRules } from './experiment-rules';
import { modelRules } from './model-rules';
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

  it('that was provided by a process with keys takes commands of one that has none', async () => {
    const keyed: Journal = {
      ...journal,
      append: (what) => journal.append({ ...what, commandDigest: `keyed ${what.commandDigest}` }),
      recall: (workspace, id, digest) => journal.recall(workspace, id, `keyed ${digest}`),
    };
    await createCommands(keyed).provide(who.workspace);
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

describe('versions of a model', () => {
  const createModel = (as: string) =>
    commands.run(modelRules, who, {
      id: `command-${++made}`,
      fields: { as },
      command: { name: 'create-model', model: `model-${++made}`, as, description: '', tags: [] },
    });
  const createVersion = (model: string, on = commands, id = `command-${++made}`) =>
    on.run(modelRules, who, {
      id,
      fields: { model },
      command: { name: 'create-version', model, source: 's', location: 's', description: '', tags: [] },
    });
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

  it('are numbered without gaps or repeats when 64 come at once, from several processes', async () => {
    await createModel('digits');
    const processes = [commands, createCommands(journal), createCommands(journal), createCommands(journal)];
    const all = await Promise.all(upTo(64).map((n) => createVersion('digits', processes[n % 4])));
    expect(all.map(({ result }) => Number(result.version)).sort((a, b) => a - b)).toEqual(upTo(64));
  });

  it('get one number when the same command comes many times at once', async () => {
    await createModel('digits');
    const all = await Promise.all(upTo(10).map(() => createVersion('digits', commands, `same-${who.workspace}`)));
    expect(new Set(all.map(({ result }) => result.version))).toEqual(new Set([1]));
    expect((await createVersion('digits')).result.version).toBe(2);
  });

  it('begin at 1 again under the name of a model that was deleted, and go on under another name', async () => {
    await createModel('digits');
    await createVersion('digits');
    const change = (
      command: { name: 'delete-model'; model: string } | { name: 'rename-model'; model: string; to: string },
    ) => commands.run(modelRules, who, { id: `command-${++made}`, fields: command, command });
    await change({ name: 'rename-model', model: 'digits', to: 'numbers' });
    expect((await createVersion('numbers')).result).toEqual({ model: 'numbers', version: 2, lifecycle: 'active' });
    await expect(createVersion('digits')).rejects.toMatchObject({ kind: 'missing', code: 'MODEL_UNKNOWN' });
    const gone = await change({ name: 'delete-model', model: 'numbers' });
    expect(gone.result.lifecycle).toBe('deleted');
    await createModel('numbers');
    expect((await createVersion('numbers')).result.version).toBe(1);
    await expect(createModel('numbers')).rejects.toMatchObject({ kind: 'conflict', code: 'MODEL_NAME_TAKEN' });
  });

  it('answer a command that comes again as at first, also when the model is gone', async () => {
    await createModel('digits');
    const first = await createVersion('digits', commands, `kept-${who.workspace}`);
    await commands.run(modelRules, who, { id: 'gone', fields: {}, command: { name: 'delete-model', model: 'digits' } });
    expect(await createVersion('digits', commands, `kept-${who.workspace}`)).toEqual(first);
  });
});
