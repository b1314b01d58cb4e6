const EVERY_MS = 250;

/** Processor time and memory of this process, at most four times a second. */
export function createSystemMetrics(): () => Record<string, number> | undefined {
  let before = process.cpuUsage();
  let at = performance.now();
  return () => {
    const now = performance.now();
    if (now - at < EVERY_MS) return undefined;
    const { user, system } = process.cpuUsage(before);
    const percent = (user + system) / 10 / (now - at);
    before = process.cpuUsage();
    at = now;
    return { 'system/cpu_percent': percent, 'system/rss_bytes': process.memoryUsage.rss() };
  };
}
