import { readFileSync, writeFileSync } from 'node:fs';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type S3Server, startS3, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openKeyFile } from './key-encryption';
import { keyEncryptionContract } from './key-encryption.contract';
import { openKmsKey } from './kms-key';

describe('by a file', () => {
  keyEncryptionContract((folder) => openKeyFile(`${folder}/key`));
});

describe('by a key management service', () => {
  let server: S3Server; // moto's, which speaks for KMS at the same address
  let client: KMSClient;
  let keyId = '';
  let folder: TemporaryFolder;
  const config = () => ({ endpoint: server.url, region: server.region, credentials: server.credentials });
  beforeAll(async () => {
    server = await startS3();
    client = new KMSClient(config());
    keyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  beforeEach(() => {
    folder = temporaryFolder('kms');
  });
  afterEach(() => folder.remove());

  keyEncryptionContract((at) => openKmsKey(keyId, `${at}/kms.key`, config()));

  it('is refused where the service has no such key, or another one has encrypted', async () => {
    const file = `${folder.path}/kms.key`;
    const refused = { kind: 'invalid', code: 'PERSONAL_KMS_REFUSED' };
    await expect(openKmsKey('no-such-key', file, config())).rejects.toMatchObject(refused);
    await openKmsKey(keyId, file, config());
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]));
    await expect(openKmsKey(keyId, file, config())).rejects.toMatchObject(refused);
  });

  it('says that the service is away', async () => {
    const away = { ...config(), endpoint: 'http://127.0.0.1:1', maxAttempts: 1 };
    await expect(openKmsKey(keyId, `${folder.path}/kms.key`, away)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'PERSONAL_KMS_AWAY',
    });
  });
});
