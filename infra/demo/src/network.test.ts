import { Network } from './network';
import { createOptimizer, gradientNorm, type OptimizerName } from './optimizer';
import { normal, seededRandom, shuffled } from './random';

const random = seededRandom(7);
const input = Float32Array.from({ length: 5 * 6 }, (_, i) => (i % 4 === 0 ? 0 : normal(random)));
const labels = Uint8Array.of(0, 3, 9, 3, 1);

describe('the network', () => {
  it('computes the gradients that differences of the loss show', () => {
    const network = new Network([6, 8, 7, 10], seededRandom(3));
    network.gradients(input, labels);
    const gradients = network.layers.map(({ weightGradient, biasGradient }) => [
      weightGradient.slice(),
      biasGradient.slice(),
    ]);
    network.layers.forEach(({ weights, bias }, l) => {
      [weights, bias].forEach((tensor, t) => {
        for (let i = 0; i < tensor.length; i += 3) {
          const before = tensor[i] as number;
          const h = 1e-2;
          tensor[i] = before + h;
          const above = network.score(input, labels).loss;
          tensor[i] = before - h;
          const below = network.score(input, labels).loss;
          tensor[i] = before;
          expect(Math.abs((above - below) / (2 * h) - (gradients[l]?.[t]?.[i] as number))).toBeLessThan(3e-3);
        }
      });
    });
    expect(gradientNorm(network.layers[0] as never)).toBeGreaterThan(0.01);
  });

  it.each<[OptimizerName, number]>([
    ['adam', 0.01],
    ['sgd', 0.1],
  ])('learns by %s', (name, rate) => {
    const network = new Network([6, 16, 10], seededRandom(3));
    const optimize = createOptimizer(name, rate);
    const first = network.gradients(input, labels);
    for (let step = 0; step < 300; step++) {
      network.gradients(input, labels);
      optimize(network.layers);
    }
    const last = network.score(input, labels);
    expect(last.loss).toBeLessThan(first.loss / 10);
    expect(last.accuracy).toBe(1);
  });

  it('scores a sure and right answer with no loss', () => {
    const network = new Network([2, 10], seededRandom(1));
    const [layer] = network.layers;
    layer?.weights.fill(0);
    layer?.weights.set([50], 3);
    expect(network.score(Float32Array.of(1, 0), Uint8Array.of(3))).toEqual({
      loss: expect.closeTo(0, 5) as number,
      accuracy: 1,
    });
  });
});

describe('seeded numbers', () => {
  it('are the same for the same seed, and an order holds every number once', () => {
    expect([...shuffled(100, seededRandom(5))]).toEqual([...shuffled(100, seededRandom(5))]);
    expect([...shuffled(100, seededRandom(5))]).not.toEqual([...shuffled(100, seededRandom(6))]);
    expect([...shuffled(100, seededRandom(5))].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
