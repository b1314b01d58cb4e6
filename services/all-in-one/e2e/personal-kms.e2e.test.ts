import { existsSync } from 'node:fs';
import { type S3Server, startS3, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, spawnAllInOne, startAllInOne } from './all-in-one-process';
import { openErasureScene, SUBJECT } from './erasure-scene';

let kms: S3Server; // moto's, which speaks for KMS at the same address
let folder: TemporaryFolder;
let server: AllInOne | undefined;
const scene = openErasureScene({ urlOf: () => server?.url ?? '', key: () => server?.key ?? '' });
beforeAll(async () => {
  kms = await startS3();
  folder = temporaryFolder('kms');
}, 60_000);
afterAll(async () => {
  await server?.process.stop();
  await kms.stop();
  folder.remove();
});

/** As Amazon's tools are told. */
const settings = (key: string): Record<string, string> => ({
  RUNLEDGER_PERSONAL_KEY: `kms:${key}`,
  AWS_ENDPOINT_URL_KMS: kms.url,
  AWS_REGION: kms.region,
  AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey,
});

/** Past the client under test: moto looks at no signature. */
async function newKey(): Promise<string> {
  const answer = await fetch(kms.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.CreateKey',
      authorization: `AWS4-HMAC-SHA256 Credential=${kms.credentials.accessKeyId}/20261126/${kms.region}/kms/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  return ((await answer.json()) as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId;
}

it('opens what it has sealed by a key of a service, after a restart too, and starts with no other', async () => {
  const data = `${folder.path}/data`;
  const key = await newKey();
  server = await startAllInOne(data, settings(key));
  const run = await scene.recordOf(SUBJECT);
  expect(await scene.textOf(run)).toContain(SUBJECT);
  expect([existsSync(`${data}/personal/kms.key`), existsSync(`${data}/personal.key`)]).toEqual([true, false]);
  await server.process.stop();
  server = await startAllInOne(data, settings(key));
  expect(await scene.textOf(run)).toContain(SUBJECT);
  await server.process.stop();
  // With a file instead, and with a key that the service does not have.
  for (const [env, why] of [
    [{}, 'are encrypted by another key than this server has'],
    [settings('no-such-key'), 'the key management service refuses the key of RUNLEDGER_PERSONAL_KEY'],
  ] as const) {
    const refused = spawnAllInOne(data, env);
    expect(await refused.ended).not.toBe(0);
    expect(refused.output()).toContain(why);
  }
}, 120_000);
