import type { Layer } from './network';

export type OptimizerName = 'adam' | 'sgd';
/** Moves the weights one step along the gradients that the network has just computed. */
export type Optimizer = (layers: readonly Layer[]) => void;

type Tensor = Readonly<{ values: Float32Array; gradient: Float32Array }>;

const tensorsOf = (layers: readonly Layer[]): Tensor[] =>
  layers.flatMap(({ weights, bias, weightGradient, biasGradient }) => [
    { values: weights, gradient: weightGradient },
    { values: bias, gradient: biasGradient },
  ]);

const MOMENTUM = 0.9;

/** Stochastic gradient descent with momentum. */
function sgd(learningRate: number): Optimizer {
  let velocities: Float32Array[] | undefined;
  return (layers) => {
    const tensors = tensorsOf(layers);
    velocities ??= tensors.map(({ values }) => new Float32Array(values.length));
    tensors.forEach(({ values, gradient }, t) => {
      const velocity = velocities?.[t] as Float32Array;
      for (let i = 0; i < values.length; i++) {
        const v = MOMENTUM * (velocity[i] as number) - learningRate * (gradient[i] as number);
        velocity[i] = v;
        (values[i] as number) += v;
      }
    });
  };
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam (Kingma and Ba 2015, algorithm 1). */
function adam(learningRate: number): Optimizer {
  let moments: Array<{ first: Float32Array; second: Float32Array }> | undefined;
  let step = 0;
  return (layers) => {
    const tensors = tensorsOf(layers);
    moments ??= tensors.map(({ values }) => ({
      first: new Float32Array(values.length),
      second: new Float32Array(values.length),
    }));
    step++;
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
    tensors.forEach(({ values, gradient }, t) => {
      const { first, second } = moments?.[t] as { first: Float32Array; second: Float32Array };
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i] as number;
        const m = BETA1 * (first[i] as number) + (1 - BETA1) * g;
        const v = BETA2 * (second[i] as number) + (1 - BETA2) * g * g;
        first[i] = m;
        second[i] = v;
        (values[i] as number) -= (rate * m) / (Math.sqrt(v) + EPSILON);
      }
    });
  };
}

export const createOptimizer = (name: OptimizerName, learningRate: number): Optimizer =>
  name === 'adam' ? adam(learningRate) : sgd(learningRate);

/** Euclidean length of one layer's gradient. */
export function gradientNorm({ weightGradient, biasGradient }: Layer): number {
  let sum = 0;
  for (const g of weightGradient) sum += g * g;
  for (const g of biasGradient) sum += g * g;
  return Math.sqrt(sum);
}
