// Run as a process with a limit on the size of its files: `large-upload.ts <folder>` says how it was refused.

import { isFault } from '@runledger/kernel';
import { openArtifactFolder } from '../src/folder';

async function* bytes(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 100; i++) yield Buffer.alloc(65_536);
}

void openArtifactFolder(process.argv[2] ?? '')
  .then((artifacts) => artifacts.put(bytes()))
  .then(
    () => process.stdout.write('stored\n'),
    (error: unknown) => process.stdout.write(isFault(error) ? `${error.kind} ${error.code}\n` : String(error)),
  );
