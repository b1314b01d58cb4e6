import { formatAgo, formatTime } from './format';

/** A time as people think of it, and exactly when they look closer. */
export function When({ at }: { at: string }) {
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={formatTime(ms)}>
      {formatAgo(ms, Date.now())}
    </time>
  );
}
