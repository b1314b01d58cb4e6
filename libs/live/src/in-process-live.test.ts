import { createLogger } from '@runledger/kernel';
import { openInProcessLive } from './in-process-live';
import { liveContract } from './live.contract';

liveContract('in one process', async () => {
  const live = openInProcessLive(createLogger('live', 'silent'));
  return { here: live, there: live, close: () => live.close() };
});
