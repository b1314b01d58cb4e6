import { type LineageAnswer, lineageAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';
import type { Fact } from '../test/record-and-project';

const BYTES = `sha256:${'a'.repeat(64)}`;
let scene: Scene;
let beforeDeployment = '';
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  const started = (more: object = {}): Fact => ({ type: 'run.started', data: { experiment: 'e1', ...more } });
  const linked = (kind: string, uri: string): Fact => ({ type: 'run.linked', data: { links: [{ kind, uri }] } });
  await record.facts('prepare', [
    started(),
    { type: 'inputs.used', data: { inputs: [{ name: 'raw', digest: 'r1' }] } },
    { type: 'artifact.stored', data: { path: 'data.bin', digest: BYTES, size: 1 } },
    linked('pipeline', 'airflow://etl/1'),
  ]);
  await record.facts('train', [
    started({ parent: 'sweep' }),
    { type: 'inputs.used', data: { inputs: [{ name: 'a/b c', digest: BYTES, context: 'train' }] } },
    { type: 'outputs.made', data: { outputs: [{ loggedModel: 'm-1' }] } },
    // It measures what it has made: a cycle.
    {
      type: 'models.measured',
      data: { measurements: [{ loggedModel: 'm-1', key: 'acc', value: 1, step: 1, time: 2 }] },
    },
  ]);
  await record.facts('fork', [started({ fork: { run: 'train', step: 7 } })]);
  await record.facts('foreign', [linked('job', 'airflow://etl/1')], { workspace: 'other' });
  const model = 'id-1';
  await record.decision('model/id-1', 'model.created', { model, name: 'digits', description: '', tags: [] });
  const version = { model, version: 1, source: 's', location: 's', loggedModel: 'm-1', description: '', tags: [] };
  const seq = await record.decision('model/id-1', 'version.created', version);
  beforeDeployment = scene.token({ journal: [{ workspace: 'default', journalseq: seq }] });
  await new Promise((later) => setTimeout(later, 5));
  const links = [{ kind: 'deployment', uri: 'https://serving.example/digits' }];
  await record.decision('model/id-1', 'version.linked', { model, version: 1, links });
  await record.facts('train', [linked('ticket', 'https://tickets.example/1')]);
  await record.projectMetadata();
});
afterAll(() => scene.close());

const DATASET = `dataset:a%2Fb%20c/${encodeURIComponent(BYTES)}`;
const ask = async (node: string, more = ''): Promise<LineageAnswer> =>
  lineageAnswer.parse((await read(scene, `lineage?node=${encodeURIComponent(node)}${more}`)).body);
const edgesOf = ({ edges }: LineageAnswer): string[] =>
  edges.map(({ kind, from, to, detail }) => `${from} ${kind}${detail && `(${detail})`} ${to}`).sort();

describe('lineage', () => {
  it('leads from a deployment back to the raw data, through runs, models, bytes and datasets', async () => {
    const found = await ask('external:https://serving.example/digits', '&direction=upstream&depth=20');
    expect(edgesOf(found)).toEqual(
      [
        'version:digits/1 linked(deployment) external:https://serving.example/digits',
        'logged-model:m-1 registered version:digits/1',
        'run:train made logged-model:m-1',
        `logged-model:m-1 measured run:train`,
        `${DATASET} used(train) run:train`,
        'run:sweep child run:train',
        'external:https://tickets.example/1 linked(ticket) run:train',
        `artifact:${BYTES} same-bytes ${DATASET}`,
        `run:prepare stored(data.bin) artifact:${BYTES}`,
        'dataset:raw/r1 used run:prepare',
        'external:airflow://etl/1 linked(pipeline) run:prepare',
      ].sort(),
    );
    expect(found.complete).toBe(true);
    expect(found.nodes[0]).toEqual({ node: 'external:https://serving.example/digits', kind: 'external' });
  });

  it('leads forward, as far as it is asked to', async () => {
    expect(edgesOf(await ask('run:prepare', '&direction=downstream&depth=1'))).toEqual([
      `run:prepare stored(data.bin) artifact:${BYTES}`,
    ]);
    const whole = await ask('external:airflow://etl/1', '&direction=downstream&depth=20');
    expect(whole.nodes.map(({ node }) => node)).toEqual(
      expect.arrayContaining([
        'run:prepare',
        'run:train',
        'run:fork',
        'version:digits/1',
        'external:https://serving.example/digits',
      ]),
    );
    expect(edgesOf(whole)).toContain('run:train forked(7) run:fork');
    expect(whole.nodes.map(({ node }) => node)).not.toContain('run:sweep');
  });

  it('is what it was, as of a moment', async () => {
    const then = await ask('version:digits/1', `&depth=20&as_of=${beforeDeployment}`);
    const now = await ask('version:digits/1', '&depth=20');
    const names = (answer: LineageAnswer) => answer.nodes.map(({ node }) => node);
    expect(names(now)).toEqual(
      expect.arrayContaining(['external:https://serving.example/digits', 'external:https://tickets.example/1']),
    );
    expect(names(then)).toContain('run:train');
    expect(names(then)).not.toContain('external:https://serving.example/digits');
    expect(names(then)).not.toContain('external:https://tickets.example/1');
  });

  it('stays in its workspace', async () => {
    const there = (await read(scene, 'lineage?node=external:airflow://etl/1', scene.keys.other)).body as LineageAnswer;
    expect(edgesOf(there)).toEqual(['external:airflow://etl/1 linked(job) run:foreign']);
    expect(refusalOf(await read(scene, 'lineage?node=run:train', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
    expect(refusalOf(await read(scene, 'lineage?node=version:digits/1', scene.keys.other))).toEqual([
      404,
      'QUERY_NO_MODEL',
    ]);
  });

  it.each(['nothing', 'run:', 'moon:1', 'dataset:a', 'version:digits/x', 'version:digits/0', 'dataset:a/b/c'])(
    'refuses what is no node: %s',
    async (node) => {
      const answer = await read(scene, `lineage?node=${encodeURIComponent(node)}`);
      expect([answer.status, node]).toEqual([400, node]);
    },
  );

  it('says when there is more than an answer holds', async () => {
    const links = Array.from({ length: 1_000 }, (_, i) => ({ kind: 'ticket', uri: `x:${i}` }));
    await scene.record.facts('crowded', [
      { type: 'run.linked', data: { links } },
      { type: 'inputs.used', data: { inputs: [{ name: 'n', digest: 'd' }] } },
    ]);
    await scene.record.projectMetadata();
    const found = await ask('run:crowded');
    expect([found.nodes.length, found.complete]).toEqual([1_000, false]);
  });
});
