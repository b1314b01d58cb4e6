// Run as a process: `large-bucket-upload.ts <options>` stores 200 MiB and tells how much memory that took at most.
import { openArtifactBucket } from '../src/open-bucket';
import type { BucketOptions } from '../src/s3-client';

const MIB = 1024 * 1024;
const resident = (): number => process.memoryUsage.rss() / MIB;
let before = 0;
let peak = 0;

async function* bytes(): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(MIB / 16, 'runledger ');
  for (let i = 0; i < 200 * 16; i++) {
    yield chunk;
    if (i === 40 * 16) before = resident(); // the client and its buffers are there
    peak = Math.max(peak, resident());
  }
}

void openArtifactBucket(JSON.parse(process.argv[2] ?? '{}') as BucketOptions)
  .then((artifacts) => artifacts.put(bytes()))
  .then(({ size }) => process.stdout.write(`stored ${size} with a peak of ${Math.round(peak - before)} MiB\n`));
