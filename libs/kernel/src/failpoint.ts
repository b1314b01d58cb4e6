/**
 * Named places at which a test kills or stops the process. Nothing is armed unless `armFailpoint` was called from a
 * main file with the setting RUNLEDGER_FAILPOINT (`name` or `name:nth`, action `kill` or `stop`).
 */
let armed: { name: string; nth: number; signal: NodeJS.Signals } | undefined;

export const FAILPOINTS = [
  'range.before-stored',
  'range.after-stored',
  'range.after-insert',
  'range.before-offset',
  'facts.before-commit',
  'facts.after-commit',
  'relay.after-publish',
  'ledger.before-sequenced',
  'ledger.after-sequenced',
  'ledger.after-integrated',
  'ledger.after-signed',
  'ledger.after-published',
  'courier.after-post',
  'courier.after-placed',
  'courier.after-judged',
  'erasure.before-keys',
  'erasure.stone-laid',
  'erasure.name-forgotten',
  'erasure.key-taken',
  'erasure.key-overwritten',
  'erasure.after-key',
  'erasure.before-done',
  'erasure.bytes-removed',
  'artifacts.before-lock',
  'artifacts.locked',
  'expiry.before-points',
  'expiry.points-removed',
  'expiry.before-bytes',
  'expiry.bytes-removed',
  'archive.after-file',
  'archive.after-row',
  'archive.after-entry',
  'archive.before-drop',
  'archive.after-drop',
  'rebuild.before-swap',
  'rebuild.after-exchange',
  'rebuild.after-swap',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** `spec` is `name[:nth[:signal]]`, for example `range.after-insert:3:SIGKILL`. */
export function armFailpoint(spec: string | undefined): void {
  if (spec === undefined || spec === '') {
    armed = undefined;
    return;
  }
  const [name = '', nth = '1', signal = 'SIGKILL'] = spec.split(':');
  armed = { name, nth: Number(nth), signal: signal === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL' };
}

export function failpoint(name: Failpoint): void {
  if (armed?.name !== name || --armed.nth > 0) return;
  const { signal } = armed;
  armed = undefined;
  process.kill(process.pid, signal);
}
