/**
 * `npm run audit`: asks the registry's audit service about every locked package. Exit codes: 0 nothing of level high or worse is
 * known, 1 something is, 3 no audit service answered, so that nothing is known either way.
 */
import { spawnSync } from 'node:child_process';

const LEVEL = 'high';
const FOUND = 1;
const NO_ANSWER = 3;

const told = spawnSync('npm', ['audit', `--audit-level=${LEVEL}`, '--json'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});

function reportOf(text) {
  try {
    const report = JSON.parse(text);
    return report.metadata?.vulnerabilities === undefined ? undefined : report;
  } catch {
    return undefined;
  }
}

function reasonOf(text) {
  try {
    const { message, error } = JSON.parse(text);
    return message || error?.summary || 'no reason given';
  } catch {
    return told.error?.message ?? told.stderr.trim();
  }
}

const report = reportOf(told.stdout);
if (report === undefined) {
  console.error(`No audit service answered (${reasonOf(told.stdout)}).`);
  console.error('Nothing was audited: run this where the registry in use has one.');
  process.exitCode = NO_ANSWER;
} else {
  for (const { name, severity, range, via } of Object.values(report.vulnerabilities)) {
    const titles = via.map((one) => (typeof one === 'string' ? `through ${one}` : `${one.title} ${one.url}`));
    console.log(`${severity}: ${name} ${range}: ${titles.join('; ')}`);
  }
  const { total, high, critical } = report.metadata.vulnerabilities;
  console.log(`${total} known vulnerabilities, ${high + critical} of level ${LEVEL} or worse`);
  process.exitCode = told.status === 0 ? 0 : FOUND;
}
