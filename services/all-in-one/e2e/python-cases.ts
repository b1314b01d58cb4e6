import { readFileSync } from 'node:fs';
import { pythonInterpreter, spawnProgram } from '@runledger/testkit';
import type { AllInOne } from './all-in-one-process';

const FOLDER = `${__dirname}/mlflow`;

/** The cases that a file of Python defines. */
export const casesOf = (file: string): string[] =>
  [...readFileSync(`${FOLDER}/${file}`, 'utf8').matchAll(/^def (case_\w+)\(/gm)].map(([, name = '']) => name);

/** Runs a file of cases with MLflow's client against a server; answers for each why it failed, or null. */
export async function runCases(file: string, { url, key }: AllInOne): Promise<Map<string, string | null>> {
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
  const results = [...python.output().matchAll(/^CASE (.*)$/gm)].map(
    ([, line = '']) => JSON.parse(line) as { name: string; failed: string | null },
  );
  if (results.length === 0) throw new Error(python.output());
  return new Map(results.map(({ name, failed }) => [name, failed]));
}
