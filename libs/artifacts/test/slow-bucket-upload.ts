// Run as a process, which the test kills: `slow-bucket-upload.ts <options>` stores two parts of an artifact and waits.
import { openArtifactBucket } from '../src/open-bucket';
import type { BucketOptions } from '../src/s3-client';

const options = JSON.parse(process.argv[2] ?? '{}') as BucketOptions;

async function* slowly(): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < 3; part++) yield Buffer.alloc(options.sizes?.uploadBytes ?? 0);
  yield Buffer.from('and more'); // asked for when the third part goes out, so that the second is there
  process.stdout.write('two parts are there\n');
  await new Promise(() => setInterval(() => undefined, 1_000));
}

void openArtifactBucket(options).then((artifacts) => artifacts.put(slowly()));
