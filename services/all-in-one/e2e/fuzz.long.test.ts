import { writeFileSync } from 'node:fs';
import { pythonInterpreter, spawnProgram, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const REQUESTS = 50_000 * SCALE;
/** One round over all routes is some ten thousand requests; in every test run, the native ones alone are enough. */
const ROUTES = SCALE < 1 ? '^/api/v1/' : '^/';
/** Another test asks for every example in every test run. */
const PHASES = SCALE < 1 ? 'coverage,fuzzing,stateful' : 'examples,coverage,fuzzing,stateful';

/** What documented routes answer that are not there. Everything else from 500 on is a fault of ours. */
const CONFIG = `[checks]\nnot_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 501]\n`;

describe('the HTTP interface, fuzzed from its own description', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  beforeAll(async () => {
    folder = temporaryFolder('fuzz');
    server = await startAllInOne(`${folder.path}/data`);
    writeFileSync(`${folder.path}/schemathesis.toml`, CONFIG);
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  /** How many requests were answered so far, by status. */
  async function answered(): Promise<Map<string, number>> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const counts = new Map<string, number>();
    for (const [, route = '', status = '', count] of text.matchAll(
      /^runledger_http_request_seconds_count\{method="\w+",route="([^"]*)",status="(\d+)"\} (\d+)$/gm,
    ))
      if (route !== '/metrics') counts.set(status, (counts.get(status) ?? 0) + Number(count));
    return counts;
  }
  const sum = (counts: Map<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);

  /** All phases, once. What it draws is decided by the seed. */
  async function fuzz(seed: number): Promise<string> {
    const args = [
      ...['-m', 'schemathesis.cli', '--config-file', `${folder.path}/schemathesis.toml`],
      ...['run', `${server.url}/openapi.json`, '--include-path-regex', ROUTES],
      ...['--phases', PHASES, '--checks', 'not_a_server_error'],
      ...['--seed', String(seed), '--max-examples', '5', '--workers', '1', '--request-timeout', '30'],
      ...[
        '--no-shrink',
        '--continue-on-failure',
        '--warnings',
        'off',
        '--header',
        `Authorization: Bearer ${server.key}`,
      ],
    ];
    const fuzzer = spawnProgram(await pythonInterpreter('schemathesis'), args, { cwd: folder.path });
    const ended = await fuzzer.ended;
    if (ended !== 0) throw new Error(fuzzer.output().slice(-20_000));
    return fuzzer.output();
  }

  it(
    `answers ${REQUESTS} requests without an error of ours`,
    async () => {
      for (let seed = 1; sum(await answered()) < REQUESTS; seed++)
        expect(await fuzz(seed)).toContain('No issues found');
      const counts = await answered();
      expect([...counts.keys()].filter((status) => status >= '500' && status !== '501')).toEqual([]);
      expect(counts.get('200') ?? 0).toBeGreaterThan(0);
      expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    },
    SCALE < 1 ? 900_000 : 7_200_000,
  );
});
