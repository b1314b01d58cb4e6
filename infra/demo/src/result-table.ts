import type { RunResult } from './read-back';

const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(2)} %`);

/** Rows of text in columns; numbers to the right. */
function layOut(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** What the sweep came to, the best run first, and what became of its points. */
export function resultTable(results: readonly RunResult[]): string {
  const best = [...results].sort((a, b) => (b.lastAccuracy ?? 0) - (a.lastAccuracy ?? 0));
  const head = [
    'run',
    'status',
    'optimizer',
    'lr',
    'hidden',
    'train loss',
    'test acc.',
    'best',
    'sent',
    'stored',
    'missing',
  ];
  const rows = best.map((result) => {
    const { run, status, params, lastLoss, lastAccuracy, bestAccuracy, sentPoints, storedPoints, missing } = result;
    return [
      run,
      status,
      String(params['optimizer'] ?? '-'),
      String(params['learningRate'] ?? '-'),
      String(params['hidden'] ?? '-'),
      lastLoss?.toFixed(4) ?? '-',
      percent(lastAccuracy),
      percent(bestAccuracy),
      String(sentPoints ?? '?'),
      String(storedPoints),
      String(missing),
    ];
  });
  return layOut(head, rows);
}
