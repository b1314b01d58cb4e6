/** Lints the rooms that differ from main, and those that lean on them, in one process: types are read once. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const listed = execFileSync('nx', ['show', 'projects', '--affected', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const rooms = JSON.parse(listed.toString()).flatMap((name) =>
  ['libs', 'services', 'infra'].map((group) => `${group}/${name}`).filter((folder) => existsSync(folder)),
);
if (rooms.length > 0)
  process.exitCode = spawnSync('eslint', [...rooms, '--max-warnings', '0'], { stdio: 'inherit' }).status ?? 1;
