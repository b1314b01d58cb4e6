import { formatAgo, formatTime } from './format';
import { useTimeZone } from './time-zone';

/** A time as people think of it, and exactly when they look closer. */
export function When({ at }: { at: string }) {
  const zone = useTimeZone();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={formatTime(ms, zone)}>
      {formatAgo(ms, Date.now(), zone)}
    </time>
  );
}
