import type { RunAnswer } from '@runledger/contracts/http';
import { formatBytes } from '../elements/format';
import { counted } from './counted';

/** In words, what there was of a run before it expired. */
export const wasThere = ({
  what,
  metrics,
  points,
  files,
  bytes,
}: Pick<RunAnswer['expired'][number], 'what' | 'metrics' | 'points' | 'files' | 'bytes'>): string =>
  what === 'points'
    ? `${counted(points ?? 0, 'point')} of ${counted(metrics ?? 0, 'metric')}`
    : `${counted(files ?? 0, 'artifact')} of ${formatBytes(bytes ?? 0)}`;
