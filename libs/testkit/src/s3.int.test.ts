import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { startS3 } from './s3';

it('starts an S3 server that can be killed and started again', async () => {
  const server = await startS3();
  await server.makeBucket('a-bucket');
  const names = async () =>
    ((await server.client.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);
  expect(await names()).toEqual(['a-bucket']);
  await server.kill();
  await expect(fetch(server.url)).rejects.toThrow();
  await server.restart();
  expect(await names()).toEqual([]);
  await server.stop();
  await expect(fetch(server.url)).rejects.toThrow();
});
