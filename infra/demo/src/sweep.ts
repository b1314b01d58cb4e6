import type { OptimizerName } from './optimizer';

/** What one run of the sweep tries. */
export type Trial = Readonly<{ optimizer: OptimizerName; learningRate: number; hidden: number }>;

const OPTIMIZERS: ReadonlyArray<readonly [OptimizerName, number]> = [
  ['adam', 0.001],
  ['adam', 0.01],
  ['sgd', 0.1],
  ['sgd', 0.003],
];
const HIDDEN = [32, 128];

/** Eight different trials; more than eight begin again, with another seed (see taskSeed). */
export function trialsOf(runs: number): Trial[] {
  const all = OPTIMIZERS.flatMap(([optimizer, learningRate]) =>
    HIDDEN.map((hidden) => ({ optimizer, learningRate, hidden })),
  );
  return Array.from({ length: runs }, (_, i) => all[i % all.length] as Trial);
}

export const trialName = ({ optimizer, learningRate, hidden }: Trial): string =>
  `${optimizer} lr=${learningRate} hidden=${hidden}`;
