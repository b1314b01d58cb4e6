import { readFileSync, writeFileSync } from 'node:fs';
import { eventRecord, type LogRecord } from '@runledger/contracts';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { announced, facts, metrics, openScene, type Scene } from '../test/notary-scene';
import { fetchLog } from '../test/read-log';

let scene: Scene;
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = temporaryFolder('evidence-export');
  scene = await openScene();
  await scene.notary();
});
afterAll(async () => {
  await scene.close();
  folder.remove();
});

const said = (subject: string, type: string, data: object, topic: 'runs' | 'catalog' = 'runs'): LogRecord => {
  const event = {
    id: `${subject.replace('/', '-')}-${type}`,
    type,
    time: '2026-01-02T03:04:05Z',
    dataversion: 1,
    data,
  };
  const shared = { source: 'test', actor: 'actor-1', recordedtime: '2026-01-02T03:04:05.678Z', workspace: 'default' };
  return eventRecord({ ...shared, topic, subject, events: [event] });
};

const ask = (query: string, key = scene.keys.auditor): Promise<Response> =>
  fetch(`${scene.server.url}/api/v1/evidence?${query}`, { headers: { authorization: `Bearer ${key}` } });

async function exported(query: string, key?: string) {
  const answer = await ask(query, key);
  expect([query, answer.status, answer.headers.get('content-type')]).toEqual([query, 200, 'application/x-tar']);
  const path = `${folder.path}/bundle.tar`;
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  const address = { url: scene.server.url, workspace: 'default', key: scene.keys.reader };
  const vkey = parseVerifierKey((await (await fetchLog(address, 'vkey')).text()).trim());
  return verifyBundle(path, [vkey]);
}

describe('evidence', () => {
  beforeAll(async () => {
    const stored = await scene.artifacts.put(
      (async function* () {
        yield Buffer.from('weights');
      })(),
    );
    const gone = `sha256:${'a'.repeat(64)}`;
    await scene.log.publish([facts('early', ['e1', 'e2']), metrics('r1', 0), metrics('r2', 0)]);
    for (const run of ['r1', 'r2', 'early'])
      await scene.log.publish([announced(run, { experiment: 'x', project: run === 'r2' ? 'other' : 'vision' })]);
    await scene.log.publish([
      metrics('r1', 1, 50),
      said('run/r1', 'artifact.stored', { path: 'w', ...stored, mediaType: 'text/plain' }),
      said('run/r1', 'run.finished', { outcome: 'finished' }),
      said('run/r1', 'run.linked', {
        links: [{ kind: 'pull-request', uri: 'https://git.example/17', externalId: '17' }],
      }),
      said('run/r2', 'artifact.stored', { path: 'gone', digest: gone, size: 3, mediaType: 'text/plain' }),
    ]);
    await scene.log.publish([
      facts(
        'r2',
        Array.from({ length: 1_200 }, (_, i) => `many-${i}`),
      ),
      metrics('r1', 2),
    ]);
    await scene.published();
  });

  it('of a run has all of its leaves, messages and artifacts, and nothing of others', async () => {
    const { manifest, notices } = await exported('run=r1');
    expect(manifest).toMatchObject({
      complete: { kind: 'streams', streams: { 'run/r1': 4 } },
      messages: 3,
      points: 70,
      artifacts: { included: true, absent: [] },
      scope: { kind: 'run', run: 'r1' },
    });
    expect(notices).toEqual(['writer w of run/r1 (metrics) has not said how much it sent']);
    expect(readFileSync(`${folder.path}/bundle.tar`).includes('"uri":"https://git.example/17"')).toBe(true);
  });

  it('goes through pages, and says which artifacts the store does not have', async () => {
    const { manifest } = await exported('run=r2');
    expect(manifest.complete).toEqual({ kind: 'streams', streams: { 'run/r2': 1_202 } });
    expect(manifest.artifacts.absent).toEqual(['a'.repeat(64)]);
  });

  it('of a project has the leaves that came before a run was announced, too', async () => {
    const { manifest } = await exported('project=vision');
    expect(manifest.complete).toEqual({ kind: 'project', project: 'vision', leaves: 5 });
    expect(manifest.leaves - 5 - 2).toBeGreaterThan(0); // two early ones, and segments
    expect(manifest.messages).toBe(3);
  });

  it('of a time has all leaves between two checkpoints', async () => {
    const { manifest } = await exported('from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z');
    expect(manifest.complete).toEqual({ kind: 'range', first: 0, end: manifest.size });
    expect([manifest.leaves, manifest.messages]).toEqual([manifest.size, 4]);
  });

  it('leaves artifacts out for who may not read them', async () => {
    expect((await ask('run=r1', scene.keys.reader)).status).toBe(403);
    const { manifest } = await exported('run=r1&artifacts=false', scene.keys.reader);
    expect(manifest.artifacts).toEqual({ included: false, absent: [] });
  });

  it('is not made of what is not there, is another workspace’s, or is not asked for well', async () => {
    for (const [query, status] of [
      ['run=none', 404],
      ['project=none', 404],
      ['model=none', 404],
      ['from=2100-01-01T00:00:00Z&to=2100-01-02T00:00:00Z', 404],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400],
      ['', 400],
      ['run=r1&project=vision', 400],
      ['run=r1&version=1', 400],
      ['from=2000-01-01T00:00:00Z', 400],
      ['run=r1&artifacts=maybe', 400],
    ] as const)
      expect([query, (await ask(query)).status]).toEqual([query, status]);
    expect((await ask('run=r1&artifacts=false', scene.keys.other)).status).toBe(404);
    expect((await ask('run=r1&artifacts=false', scene.keys.writer)).status).toBe(403);
  });
});
