const LINKS: ReadonlyArray<readonly [RegExp, (id: string) => string]> = [
  [/^#\/experiments\/[^/?]+\/runs\/([^/?]+)/, (run) => `/runs/${run}`],
  [/^#\/experiments\/([^/?]+)/, (experiment) => `/experiments/${experiment}`],
  [/^#\/models\/([^/?]+)/, (model) => `/models/${model}`],
  [/^#\/models\/?(?:\?|$)/, () => '/models'],
];

/** MLflow's clients print links to pages of its own interface, `<server>/#/experiments/0/runs/<run>`. Where that is here; null for any other fragment. */
export function pathOfMlflowLink(hash: string): string | null {
  for (const [pattern, path] of LINKS) {
    const match = pattern.exec(hash);
    if (match !== null) return path(match[1] ?? '');
  }
  return null;
}
