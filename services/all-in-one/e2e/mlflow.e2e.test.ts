import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { casesOf, runCases } from './python-cases';

let folder: TemporaryFolder;
let server: AllInOne;
beforeAll(async () => {
  folder = temporaryFolder('mlflow');
  server = await startAllInOne(`${folder.path}/data`);
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

describe.each(['tracking.py', 'registry.py', 'logged_models.py', 'artifacts.py'])("MLflow's own client, %s", (file) => {
  let results: ReadonlyMap<string, string | null>;
  beforeAll(async () => {
    results = await runCases(file, server);
  }, 300_000);

  it.each(casesOf(file))('%s', (name) => {
    expect(results.get(name)).toBeNull();
  });
});
