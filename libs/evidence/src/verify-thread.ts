import { parentPort } from 'node:worker_threads';
import { buffersOf, checkFile, type FileTask } from './check-file';

// A thread of file-checks.ts: one answer for each task, in their order.
parentPort?.on('message', (task: FileTask) => {
  const checked = checkFile(task);
  parentPort?.postMessage(checked, buffersOf(checked));
});
