// A process for tests: at the given moment (ms since the epoch) takes the folder, says whether it got it, and keeps it.
import { lockFolder } from '../src/folder-lock';

setTimeout(() => {
  try {
    lockFolder(process.argv[2] ?? '');
    process.stdout.write('taken\n');
    setInterval(() => undefined, 60_000);
  } catch (error) {
    process.stdout.write(`refused ${String(error)}\n`);
  }
}, Number(process.argv[3]) - Date.now());
