// Runs beside a test process and outlives it, however it ends. Learns from its standard input which processes and
// folders belong to it ({"pid": 1, "start": "…"} or {"folder": "…"}, with "forget": true once they are gone), and ends
// and removes what is left when that input closes.
const { readFileSync, rmSync } = require('node:fs');
const { basename } = require('node:path');
const { createInterface } = require('node:readline');

const pids = new Map();
const folders = new Set();

function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function end(pid, start) {
  if (startOf(pid) !== start) return; // another process has got the number
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Not the head of a group, or gone.
    }
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const { pid, folder, forget } = JSON.parse(line);
  if (pid !== undefined) forget ? pids.delete(pid) : pids.set(pid, startOf(pid));
  if (folder !== undefined) forget ? folders.delete(folder) : folders.add(folder);
});
input.on('close', () => {
  for (const [pid, start] of pids) end(pid, start);
  setTimeout(
    () => {
      for (const folder of folders)
        if (basename(folder).startsWith('runledger-test-'))
          rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
    pids.size === 0 ? 0 : 200,
  );
});
