import { limitsContract } from './limits.contract';
import { openInProcessLimits } from './open-limits';

limitsContract('in one process', async (options) => {
  const limits = openInProcessLimits(options);
  return { here: limits, there: limits, close: () => limits.close() };
});
