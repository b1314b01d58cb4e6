const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// A format costs a hundred times what it costs to use one, and tables show thousands of values.
const WHOLE = new Intl.NumberFormat('en-US');
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });
const timeFormats = (timeZone: string | undefined) => ({
  day: new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...(timeZone === undefined ? {} : { timeZone }) }),
  instant: new Intl.DateTimeFormat('sv-SE', {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }),
});
const TIMES = { local: timeFormats(undefined), UTC: timeFormats('UTC') };
/** In which times are shown: the zone of the machine in front of the person, or UTC. */
export type TimeZone = keyof typeof TIMES;

/** A value as a table shows it: six digits, and what is not finite by its name. */
export function formatNumber(value: number | string): string {
  if (typeof value === 'string') return value === 'Infinity' ? '+Inf' : value === '-Infinity' ? '-Inf' : value;
  if (!Number.isFinite(value)) return formatNumber(String(value));
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return WHOLE.format(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(4).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(6)));
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const at = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1024 ** at;
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[at]}`;
}

export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.round((ms % MINUTE) / 1_000)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

export function formatAgo(then: number, now: number, zone: TimeZone): string {
  const past = now - then;
  if (past < MINUTE) return 'just now';
  if (past < HOUR) return `${Math.floor(past / MINUTE)} min ago`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h ago`;
  if (past < 30 * DAY) return `${Math.floor(past / DAY)} d ago`;
  return TIMES[zone].day.format(then);
}

export const formatTime = (ms: number, zone: TimeZone): string => TIMES[zone].instant.format(ms);

/** For an axis, where there is little room. A log axis asks for no label at some places. */
export function formatShort(value: number | null): string {
  if (value === null) return '';
  return Math.abs(value) >= 10_000 ? SHORT.format(value) : formatNumber(value);
}

export const formatCount = (count: number): string => WHOLE.format(count);
