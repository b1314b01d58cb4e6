import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import type { Scope } from '@runledger/kernel';
import { generateSigner, openCheckpoint, parseVerifierKey } from '@runledger/merkle';
import { createOutbound } from '@runledger/outbound';
import { eventually, startS3, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { facts, HOST, openScene, type Scene } from '../test/notary-scene';
import { fetchLog } from '../test/read-log';
import { openSink } from './checkpoint-sink';

const outbound = createOutbound({ trust: 'operator' });
afterAll(() => outbound.close());
const ORIGIN = `${HOST}/log/default`;
let scene: Scene;
let folder: TemporaryFolder;
beforeAll(async () => {
  scene = await openScene();
  folder = temporaryFolder('sinks');
});
afterAll(async () => {
  await scene.close();
  folder.remove();
});

const text = async (path: string): Promise<string> =>
  (await fetchLog({ url: scene.server.url, workspace: 'default', key: scene.keys.reader }, path)).text();
const keys = async () => (await text('vkey')).trim().split('\n').map(parseVerifierKey);

const get = (path: string): Promise<Response> =>
  fetch(`${scene.server.url}/${path}`, { headers: { authorization: `Bearer ${scene.keys.reader}` } });

describe('checkpoints that leave', () => {
  let url: string;
  let notary: Scope;
  let server: Server;
  let status = 500;
  const posted: string[] = [];

  beforeAll(async () => {
    server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (status === 200) posted.push(Buffer.concat(chunks).toString());
        answer.writeHead(status).end();
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notes`;
    notary = await scene.notary({ sinks: [`${folder.path}/worm`, url] });
  });
  afterAll(async () => {
    await notary.stop();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('lie in a folder, each in a file of its own, and hold under the key; a sink that is away gets the newest when it is back', async () => {
    await scene.log.publish([facts('r1', ['a'])]);
    await scene.published();
    await scene.log.publish([facts('r1', ['b'])]);
    await scene.published();
    const newest = await text('checkpoint');
    const [key] = await keys();
    const path = `${folder.path}/worm/default`;
    await eventually(() => (readdirSync(path).includes('2') ? true : undefined), 20_000);
    expect(readFileSync(`${path}/2`, 'utf8')).toBe(newest);
    for (const name of readdirSync(path).filter((one) => /^\d+$/.test(one))) // beside what is being written
      expect(openCheckpoint(readFileSync(`${path}/${name}`, 'utf8'), ORIGIN, key === undefined ? [] : [key]).size).toBe(
        Number(name),
      );
    expect(posted).toEqual([]);
    const sinks = async () =>
      (await (await get('api/v1/ledger')).json()) as {
        sinks: Array<{ kind: string; place: string; fault: string | null }>;
      };
    await eventually(
      async () => ((await sinks()).sinks.some(({ fault }) => fault !== null) ? true : undefined),
      20_000,
    );
    const told = (await sinks()).sinks.map(({ kind, place, fault }) => [kind, place, fault]);
    expect(told).toEqual([
      ['folder', '', null],
      ['url', new URL(url).host, 'NOTARY_SINK_AWAY'],
    ]);
    status = 200;
    await eventually(() => (posted.length > 0 ? true : undefined), 30_000);
    expect(posted).toEqual([newest]);
  }, 90_000);

  it('are refused by a folder that has another one of the same size', async () => {
    const sink = await openSink(`${folder.path}/other`, outbound);
    const checkpoint = { workspace: 'default', size: 7, note: 'one\n' };
    await sink.deliver(checkpoint);
    await sink.deliver(checkpoint);
    await expect(sink.deliver({ ...checkpoint, note: 'another\n' })).rejects.toMatchObject({
      code: 'NOTARY_TWO_NOTES',
    });
    expect(readdirSync(`${folder.path}/other/default`)).toEqual(['7']);
    writeFileSync(`${folder.path}/none`, '');
    const none = await openSink(`${folder.path}/none/x`, outbound);
    await expect(none.deliver(checkpoint)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

it('lie in a bucket under a lock that its owner cannot take away either', async () => {
  const s3 = await startS3();
  try {
    const CreateBucketConfiguration = { LocationConstraint: s3.region as 'eu-central-1' };
    await s3.client.send(
      new CreateBucketCommand({ Bucket: 'worm', CreateBucketConfiguration, ObjectLockEnabledForBucket: true }),
    );
    const lock = { days: 30, region: s3.region, endpoint: s3.url, credentials: s3.credentials };
    const sink = await openSink('s3://worm/checkpoints', outbound, lock);
    const checkpoint = { workspace: 'default', size: 7, note: 'one\n' };
    await sink.deliver(checkpoint);
    await sink.deliver(checkpoint);
    const at = { Bucket: 'worm', Key: 'checkpoints/default/7' };
    const kept = await s3.client.send(new GetObjectCommand(at));
    expect([await kept.Body?.transformToString(), kept.ObjectLockMode]).toEqual(['one\n', 'COMPLIANCE']);
    expect(kept.ObjectLockRetainUntilDate?.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    await expect(sink.deliver({ ...checkpoint, note: 'another\n' })).rejects.toMatchObject({
      code: 'ARTIFACTS_OTHER_TEXT',
    });
    const VersionId = kept.VersionId;
    const taken = s3.client.send(new DeleteObjectCommand({ ...at, VersionId, BypassGovernanceRetention: true }));
    await expect(taken).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(openSink('s3://Not A Bucket', outbound)).rejects.toMatchObject({ code: 'ARTIFACTS_BAD_PLACE' });
  } finally {
    await s3.stop();
  }
}, 240_000);

it('changes its key: both sign for a time, then the next one alone, and the old one never again', async () => {
  const next = generateSigner(HOST);
  const grow = async (event: string): Promise<string> => {
    await scene.log.publish([facts('r2', [event])]);
    await scene.published();
    return text('checkpoint');
  };
  const stranger = await scene.notary({ key: next });
  await scene.log.publish([facts('r2', ['refused'])]);
  await new Promise((later) => setTimeout(later, 2_500));
  const [old] = await keys();
  await stranger.stop();
  const both = await scene.notary({ nextKey: next });
  const note = await grow('both');
  const [first, second] = await keys();
  expect([first?.id, second?.name]).toEqual([old?.id, ORIGIN]);
  for (const key of [first, second]) expect(openCheckpoint(note, ORIGIN, key === undefined ? [] : [key]).size).toBe(4);
  await both.stop();
  const alone = await scene.notary({ key: next });
  const later = await grow('alone');
  expect((await keys()).map(({ id }) => id)).toEqual([second?.id]);
  expect(openCheckpoint(later, ORIGIN, await keys()).size).toBe(5);
  expect(() => openCheckpoint(later, ORIGIN, old === undefined ? [] : [old])).toThrow('no known key');
  await alone.stop();
  const back = await scene.notary();
  await scene.log.publish([facts('r2', ['back'])]);
  await new Promise((wait) => setTimeout(wait, 2_500));
  expect(await text('checkpoint')).toBe(later);
  await back.stop();
}, 120_000);
