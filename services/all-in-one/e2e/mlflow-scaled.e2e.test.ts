import { type S3Server, startS3, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { CASE_FILES, casesOf, type Ran, runAllCases, runCases } from './python-cases';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';

// Artifacts lie in a bucket of a real S3 server, where clients send and fetch large files by themselves.
const LARGE = 'large_files.py';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
}, 60_000);
afterAll(() => s3.stop());

/** Settings of a bucket of its own, and the keys of Amazon's tools. */
async function bucket(name: string): Promise<Record<string, string>> {
  await s3.makeBucket(name);
  return {
    RUNLEDGER_ARTIFACTS: `s3://${name}/artifacts`,
    RUNLEDGER_S3_ENDPOINT: s3.url,
    RUNLEDGER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  };
}

describe("MLflow's own client on one machine, with artifacts in S3", () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let ran: Ran;
  beforeAll(async () => {
    folder = temporaryFolder('mlflow-s3');
    server = await startAllInOne(`${folder.path}/data`, await bucket('one-machine'));
    ran = await runCases(LARGE, server);
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  it.each(casesOf(LARGE))('%s', (name) => {
    expect(ran.results.get(name)).toBeNull();
  });
});

describe("MLflow's own client on services of their own, with Kafka, Redis, Postgres and S3", () => {
  const files = [...CASE_FILES, LARGE];
  let shape: ScaledShape;
  let ran: Map<string, Ran>;
  beforeAll(async () => {
    shape = await openScaledShape('mlflow_scaled', { artifacts: await bucket('scaled') });
    await urlOf(shape.start('ingest'));
    const door = shape.start('mlflow');
    await shape.start('projector').line(/ready/);
    await shape.start('courier').line(/ready/);
    const server = { url: await urlOf(door), key: shape.key };
    ran = await runAllCases(server);
    ran.set(LARGE, await runCases(LARGE, server));
  }, 900_000);
  afterAll(() => shape.stop(), 60_000);

  describe.each(files)('%s', (file) => {
    it.each(casesOf(file))('%s', (name) => {
      expect(ran.get(file)?.results.get(name)).toBeNull();
    });
  });
});
