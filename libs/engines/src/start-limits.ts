import type { Quotas } from '@runledger/kernel';
import { type Limits, openLimits } from '@runledger/limits';
import type { Opening } from './start-engines';

type LimitChoice = Readonly<{
  RUNLEDGER_LIMITS_WORKSPACE: Quotas;
  RUNLEDGER_LIMITS_PROJECT: Quotas;
  RUNLEDGER_LIMITS_CALLER: Quotas;
  RUNLEDGER_REDIS_URL?: string | undefined;
}>;

/** Counted in Redis for all processes together, where there is one. */
export const startLimits = ({ scope, logger }: Opening, config: LimitChoice): Promise<Limits> =>
  scope.start('limits', async () => {
    const options = {
      workspace: config.RUNLEDGER_LIMITS_WORKSPACE,
      project: config.RUNLEDGER_LIMITS_PROJECT,
      caller: config.RUNLEDGER_LIMITS_CALLER,
    };
    const value = openLimits(config.RUNLEDGER_REDIS_URL, options, logger);
    return { value, stop: () => value.close() };
  });
