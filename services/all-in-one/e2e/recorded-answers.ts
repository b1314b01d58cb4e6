import { readFileSync } from 'node:fs';
import { pythonInterpreter, spawnProgram } from '@runledger/testkit';

const FOLDER = `${__dirname}/mlflow`;

/** A question of answers.py, and what a server said, without ids, times and what is empty. */
export type Answer = Readonly<{ name: string; status: number; answer: unknown }>;

/** What MLflow's own server said. */
export const recordedAnswers = (): Answer[] =>
  JSON.parse(readFileSync(`${FOLDER}/recorded-answers.json`, 'utf8')) as Answer[];

/** What a server says now. */
export async function askAnswers({ url, key }: Readonly<{ url: string; key: string }>): Promise<Answer[]> {
  const python = spawnProgram(await pythonInterpreter(), [`${FOLDER}/answers.py`], {
    env: { MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: key },
  });
  await python.ended;
  const [, answers] = /^ANSWERS (.*)$/m.exec(python.output()) ?? [];
  if (answers === undefined) throw new Error(python.output());
  return JSON.parse(answers) as Answer[];
}

/** Questions that a table of a page names. */
export const questionsIn = (table: string): string[] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
