import type { Quotas } from '@runledger/kernel';
import { createStorageLimits, type Limits, openLimits, type StorageLimits } from '@runledger/limits';
import { createSizeReads } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
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

/** How much may be kept, counted by what is projected. */
export function openStorageLimits(
  source: DataSource,
  config: Pick<LimitChoice, 'RUNLEDGER_LIMITS_WORKSPACE' | 'RUNLEDGER_LIMITS_PROJECT'>,
): StorageLimits {
  const sizes = createSizeReads(source);
  return createStorageLimits({
    workspace: config.RUNLEDGER_LIMITS_WORKSPACE.storage,
    project: config.RUNLEDGER_LIMITS_PROJECT.storage,
    readKept: (workspace, digests) => sizes.kept(workspace, digests),
  });
}
