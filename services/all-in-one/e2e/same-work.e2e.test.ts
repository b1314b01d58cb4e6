import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const PROGRAM = `${WORKSPACE}/services/all-in-one/e2e/same-work.mjs`;
type Told = Readonly<{
  run: string;
  before: Readonly<{ fingerprint: string; runs: ReadonlyArray<Readonly<{ run: string; status: string }>> }>;
}>;

describe('the same work, done twice', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  beforeAll(async () => {
    folder = temporaryFolder('same-work');
    server = await startAllInOne(`${folder.path}/data`);
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  async function train(lr: number): Promise<Told> {
    const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, `${folder.path}/spool`, String(lr)], {
      env,
    });
    return JSON.parse(stdout) as Told;
  }
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${server.key}` } })).json();

  it('is told to a program before its run starts, and by the record of the run afterwards', async () => {
    const first = await train(0.1);
    expect(first.before.runs).toEqual([]);
    // The projections have the first run once a strong read has answered.
    await read(`runs/${first.run}?strong=true`);
    const second = await train(0.1);
    expect(second.before.fingerprint).toBe(first.before.fingerprint);
    expect(second.before.runs).toMatchObject([{ run: first.run, status: 'finished' }]);
    expect(await read(`runs/${second.run}?strong=true`)).toMatchObject({
      fingerprint: first.before.fingerprint,
      sameAs: [first.run],
    });
    expect((await train(0.2)).before.runs).toEqual([]);
  }, 60_000);
});
