import { readdirSync, writeFileSync } from 'node:fs';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { startS3, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openStones, type Stone, type Stones } from './stones';

const STONE: Stone = {
  workspace: 'default',
  erasure: 'e1',
  subjects: ['AAECAwQFBgcICQoLDA0ODw'],
  people: ['p1'],
  artifacts: [{ digest: `sha256:${'a'.repeat(64)}`, runs: ['r1'] }],
  at: '2026-11-26T12:00:00.000Z',
};
const OTHER = { ...STONE, erasure: 'e2' };

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder('stones');
});
afterEach(() => folder.remove());

async function allOf(stones: Stones): Promise<Stone[]> {
  const found: Stone[] = [];
  for await (const one of stones.all()) found.push(one);
  return found;
}

async function keepsAll(open: () => Promise<Stones>): Promise<void> {
  const stones = await open();
  for (const one of [STONE, STONE, OTHER]) await stones.keep(one);
  const found = await allOf(await open());
  expect(found.toSorted((a, b) => a.erasure.localeCompare(b.erasure))).toEqual([STONE, OTHER]);
}

it('lie in a folder, each once, and whoever opens it finds them', async () => {
  const place = { place: `${folder.path}/stones`, days: 30 };
  await keepsAll(() => openStones(place));
  expect(readdirSync(place.place).toSorted()).toEqual(['default.e1.json', 'default.e2.json']);
  writeFileSync(`${place.place}/default.e3.json`, '{}');
  await expect(allOf(await openStones(place))).rejects.toMatchObject({ code: 'ERASURE_BAD_STONE' });
});

it('lie in a bucket under a lock that its owner cannot take away', async () => {
  const s3 = await startS3();
  try {
    const CreateBucketConfiguration = { LocationConstraint: s3.region as 'eu-central-1' };
    const create = { Bucket: 'stones', CreateBucketConfiguration, ObjectLockEnabledForBucket: true };
    await s3.client.send(new CreateBucketCommand(create));
    const { region, url: endpoint, credentials } = s3;
    await keepsAll(() => openStones({ place: 's3://stones/erased', days: 30, region, endpoint, credentials }));
    const { Versions = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'stones' }));
    expect(Versions).toHaveLength(2);
    for (const { Key, VersionId } of Versions) {
      const taken = s3.client.send(
        new DeleteObjectCommand({ Bucket: 'stones', Key, VersionId, BypassGovernanceRetention: true }),
      );
      await expect(taken).rejects.toMatchObject({ name: 'AccessDenied' });
    }
  } finally {
    await s3.stop();
  }
}, 60_000);
