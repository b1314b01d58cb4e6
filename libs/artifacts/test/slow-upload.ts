// Run as a process, which the test kills: `slow-upload.ts <folder>` stores half of an artifact and waits.
import { openArtifactFolder } from '../src/folder';

async function* slowly(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first half');
  process.stdout.write('half of it is there\n');
  await new Promise(() => setInterval(() => undefined, 1_000));
}

void openArtifactFolder(process.argv[2] ?? '').then((artifacts) => artifacts.put(slowly()));
