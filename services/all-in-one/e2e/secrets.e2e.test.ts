import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const KEY = 'a-key-that-nobody-else-has-0123456789';
const SECRET = 'a-secret-of-a-webhook-0123456789abcdef';

/** Every file below a folder that can be read, with what it holds. */
function* filesOf(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else if (entry.isFile()) yield [path, readFileSync(path)];
  }
}

/** The command lines of a process and of all that it started. */
function commandLines(pid: number): string[] {
  const lines: string[] = [];
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one)))
    try {
      const group = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2];
      if (Number(group) === pid || name === String(pid)) lines.push(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
    } catch {
      // It ended meanwhile.
    }
  return lines;
}

describe('secrets', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  const answers: string[] = [];
  let greeting = '';

  const ask = async (path: string, init: RequestInit = {}): Promise<number> => {
    const answer = await fetch(server.url + path, init);
    answers.push(`${JSON.stringify([...answer.headers])} ${await answer.text()}`);
    return answer.status;
  };
  const withKey = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

  beforeAll(async () => {
    folder = temporaryFolder('secrets');
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_ADMIN_KEY: KEY, RUNLEDGER_LOG_LEVEL: 'debug' });
    await server.process.line(/MLFLOW_TRACKING_TOKEN=\S+\n/);
    greeting = server.process.output();
    const post = (path: string, body: string, headers: Record<string, string> = withKey) =>
      ask(path, { method: 'POST', headers, body });
    for (const path of ['/api/v1/runs', '/api/v1/limits', '/metrics', '/openapi.json', '/health/ready', '/'])
      expect(await ask(path, { headers: withKey })).toBe(200);
    // Where keys do not belong, in every place that might be repeated.
    await ask(`/api/v1/runs?key=${KEY}`);
    await ask(`/api/v1/runs?key=${KEY}`, { headers: withKey });
    await ask(`/api/v1/${KEY}/nothing`);
    await ask('/api/v1/runs', { headers: { authorization: `Token ${KEY}` } });
    await ask('/api/v1/runs', { headers: { authorization: `Basic ${Buffer.from(`u:${KEY}`).toString('base64')}` } });
    await post('/api/v1/events', `{"events":${KEY}`);
    await post('/api/2.0/mlflow/runs/log-batch', `{"run_id": "${KEY}"`, withKey);
    await post('/api/v1/sql', JSON.stringify({ sql: 'select nothing from nowhere' }));
    const webhook = {
      name: 'told',
      url: 'https://receiver.test/',
      secret: SECRET,
      events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }],
    };
    expect(await post('/api/2.0/mlflow/webhooks', JSON.stringify(webhook))).toBe(200);
    await ask('/api/2.0/mlflow/webhooks', { headers: withKey });
    await ask('/api/v1/webhooks', { headers: withKey });
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  it('are in no answer', () => {
    expect(answers.length).toBeGreaterThan(12);
    for (const secret of [KEY, SECRET]) expect(answers.filter((answer) => answer.includes(secret))).toEqual([]);
  });

  it('are in no line of the log, but for the two lines of the start that hand the key over', () => {
    expect(greeting).toContain(KEY);
    const logged = server.process.output().slice(greeting.length);
    for (const secret of [KEY, SECRET]) expect(logged).not.toContain(secret);
    const handing = greeting.split('\n').filter((line) => line.includes(KEY));
    expect(handing.map((line) => line.split(' ')[0])).toEqual(['Open', 'export']);
  });

  it('are on no command line', () => {
    const lines = commandLines(server.process.pid);
    expect(lines.length).toBeGreaterThan(0);
    for (const secret of [KEY, SECRET]) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  it('are in no file, but for the one that is there for the key', async () => {
    await server.process.stop();
    const holding = [...filesOf(`${folder.path}/data`)].filter(
      ([, bytes]) => bytes.includes(KEY) || bytes.includes(SECRET),
    );
    expect(holding.map(([path]) => path)).toEqual([`${folder.path}/data/admin.key`]);
  });
});
