import { readdirSync } from 'node:fs';
import { startS3, temporaryFolder } from '@runledger/testkit';
import type { KeptTexts } from './kept-texts';
import { openKeptTexts, type TextPlace } from './open-texts';

async function keepsTexts(open: () => Promise<KeptTexts>): Promise<void> {
  const texts = await open();
  expect(await texts.get('a/b/1.json')).toBeNull();
  for (const again of [texts, await open(), texts]) await again.put('a/b/1.json', '{"one":"ünï"}\n');
  await texts.put('a/b/2.json', '{}');
  await expect(texts.put('a/b/1.json', '{}')).rejects.toMatchObject({ code: 'ARTIFACTS_OTHER_TEXT' });
  const both = await Promise.allSettled(['x', 'y'].map((text) => texts.put('a/c', text)));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await (await open()).get('a/b/1.json')).toBe('{"one":"ünï"}\n');
}

it('lie in a folder, each written once', async () => {
  const folder = temporaryFolder('texts');
  try {
    const place: TextPlace = { place: `${folder.path}/archive`, s3: {} };
    await keepsTexts(() => openKeptTexts(place));
    expect(readdirSync(`${place.place}/a/b`).sort()).toEqual(['1.json', '2.json']);
  } finally {
    folder.remove();
  }
});

it('lie in a bucket, each written once', async () => {
  const s3 = await startS3();
  try {
    await s3.makeBucket('texts');
    const { region, url: endpoint, credentials } = s3;
    await keepsTexts(() => openKeptTexts({ place: 's3://texts/archive', s3: { region, endpoint, credentials } }));
  } finally {
    await s3.stop();
  }
}, 60_000);
