import { readFileSync } from 'node:fs';
import { pythonInterpreter, spawnProgram } from '@runledger/testkit';

/**
 * Cases that any server passes, wherever its artifacts lie: steps one after another, and in each two processes of Python side by side,
 * since one leaves a core idle. What hears of everything in the registry runs beside what leaves that alone.
 */
const STEPS: ReadonlyArray<readonly [readonly string[], readonly string[]]> = [
  [['everyday.py'], ['webhooks.py', 'tracking.py', 'artifacts.py']],
  [
    ['command_line.py', 'fluent.py'],
    ['models.py', 'registry.py', 'logged_models.py'],
  ],
];
export const CASE_FILES = STEPS.flat(2);

const FOLDER = `${__dirname}/mlflow`;

/** The cases that a file of Python defines. */
export const casesOf = (file: string): string[] =>
  [...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(/^def (case_\w+)\(/gm)].map(([, name = '']) => name);

export type Ran = Readonly<{
  /** For each case why it failed, or null. */
  results: ReadonlyMap<string, string | null>;
  /** Public functions of the client: those that were called, and all of them. */
  called: readonly string[];
  surface: readonly string[];
}>;

/** Runs a file of cases with MLflow's client against a server. */
export async function runCases(file: string, { url, key }: Readonly<{ url: string; key: string }>): Promise<Ran> {
  const python = spawnProgram(await pythonInterpreter(), [`${FOLDER}/run_cases.py`, `${FOLDER}/${file}`], {
    env: {
      MLFLOW_TRACKING_URI: url,
      MLFLOW_TRACKING_TOKEN: key,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1', // what fails shall show
      GIT_PYTHON_REFRESH: 'quiet',
    },
  });
  await python.ended;
  const output = python.output();
  const results = [...output.matchAll(/^CASE (.*)$/gm)].map(
    ([, line = '']) => JSON.parse(line) as { name: string; failed: string | null },
  );
  const [, line] = /^SURFACE (.*)$/m.exec(output) ?? [];
  if (line === undefined) throw new Error(output);
  const { called, public: surface } = JSON.parse(line) as { called: string[]; public: string[] };
  return { results: new Map(results.map(({ name, failed }) => [name, failed])), called, surface };
}

/** Runs all of `CASE_FILES` against a server. */
export async function runAllCases(server: Parameters<typeof runCases>[1]): Promise<Map<string, Ran>> {
  const ran = new Map<string, Ran>();
  const runLane = async (files: readonly string[]): Promise<void> => {
    for (const file of files) ran.set(file, await runCases(file, server));
  };
  for (const lanes of STEPS) await Promise.all(lanes.map(runLane));
  return ran;
}
