import { Tooltip } from '@mantine/core';
import { formatAgo, formatTime } from './format';

/** A time as people think of it, and exactly when they look closer. */
export function When({ at }: { at: string }) {
  const ms = Date.parse(at);
  return (
    <Tooltip label={formatTime(ms)} openDelay={300}>
      <time dateTime={at}>{formatAgo(ms, Date.now())}</time>
    </Tooltip>
  );
}
