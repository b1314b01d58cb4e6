import { setImmediate } from 'node:timers/promises';
import { collectEnvironment, collectGit, type Run, startRun } from '@runledger/sdk';
import { CLASSES, type Digits, loadDigits, PIXELS } from './digits';
import { Network } from './network';
import { createOptimizer, gradientNorm } from './optimizer';
import { type Random, seededRandom } from './random';
import { createSystemMetrics } from './system-metrics';
import type { Report, Task } from './task';

const TEST_COUNT = 2_000;
const TEST_EVERY = 25;
/** The split is the same in every run: only then do their scores compare. */
const SPLIT_SEED = 20;

type Tell = (report: Report) => void;

/** One run of the sweep, in a process of its own: trains, logs, and tells its parent how it goes. */
export async function trainRun(task: Task, tell: Tell): Promise<void> {
  const { dataset, trial, steps, batchSize, seed } = task;
  const { train, test } = loadDigits(dataset.file, SPLIT_SEED, TEST_COUNT);
  const run = await startRun({
    ...task.connection,
    experiment: task.experiment,
    name: task.name,
    params: { ...trial, steps, batchSize, seed, splitSeed: SPLIT_SEED, model: 'mlp' },
    tags: { sweep: task.sweep, source: 'demo' },
    totalSteps: steps,
    signals: true,
    onProblem: ({ message }) => tell({ kind: 'note', text: message }),
  });
  tell({ kind: 'started', run: run.id });
  try {
    await describeRun(run, task, train.count);
    const network = await fit(run, task, { train, test, tell });
    await storeWeights(run, network);
  } catch (error) {
    await run.finish('failed', { message: String(error) });
    throw error;
  }
  const { delivered, points } = await run.finish();
  tell({ kind: 'ended', run: run.id, writer: run.writer, position: run.position ?? null, delivered, points });
}

async function describeRun(run: Run, { dataset }: Task, trainCount: number): Promise<void> {
  const { name, digest, source } = dataset;
  const split = (context: string, count: number) => ({
    name,
    digest,
    context,
    source,
    sourceType: 'npm',
    profile: JSON.stringify({ rows: count, pixels: PIXELS, classes: CLASSES, splitSeed: SPLIT_SEED }),
  });
  run.inputs([split('train', trainCount), split('test', TEST_COUNT)]);
  run.code(await collectGit(__dirname));
  run.environment(collectEnvironment());
}

type Fitting = Readonly<{ train: Digits; test: Digits; tell: Tell }>;

async function fit(
  run: Run,
  { trial, steps, batchSize, seed }: Task,
  { train, test, tell }: Fitting,
): Promise<Network> {
  const random = seededRandom(seed);
  const network = new Network([PIXELS, trial.hidden, CLASSES], random);
  const optimize = createOptimizer(trial.optimizer, trial.learningRate);
  const nextBatch = batches(train, batchSize, random);
  const systemMetrics = createSystemMetrics();
  for (let step = 1; step <= steps; step++) {
    const { pixels, labels } = nextBatch();
    const { loss, accuracy } = network.gradients(pixels, labels);
    const norms = network.layers.map((layer, i) => [`gradient_norm/layer${i + 1}`, gradientNorm(layer)] as const);
    optimize(network.layers);
    run.log({ 'train/loss': loss, 'train/accuracy': accuracy, ...Object.fromEntries(norms) }, { step });
    const system = systemMetrics();
    if (system !== undefined) run.log(system, { step });
    if (step % TEST_EVERY === 0 || step === steps) {
      const score = network.score(test.pixels, test.labels);
      run.log({ 'test/loss': score.loss, 'test/accuracy': score.accuracy }, { step });
      tell({ kind: 'step', step, loss, accuracy: score.accuracy });
    }
    await setImmediate(); // signals, and what the SDK sends, have their turn
  }
  return network;
}

/** Rows drawn at random, into columns that are used again. */
function batches({ pixels, labels, count }: Digits, size: number, random: Random): () => Omit<Digits, 'count'> {
  const batch = { pixels: new Float32Array(size * PIXELS), labels: new Uint8Array(size) };
  return () => {
    for (let i = 0; i < size; i++) {
      const row = Math.floor(random() * count);
      batch.pixels.set(pixels.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
      batch.labels[i] = labels[row] as number;
    }
    return batch;
  };
}

/** The layers one after another, weights then bias, as little-endian float32. */
async function storeWeights(run: Run, network: Network): Promise<void> {
  const parts = network.layers.flatMap(({ weights, bias }) => [weights, bias]);
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part.buffer)));
  const layers = network.layers.map(({ inputs, outputs }) => ({ inputs, outputs }));
  await run.artifact('model/weights.f32', bytes);
  await run.artifact('model/model.json', { text: JSON.stringify({ kind: 'mlp', activation: 'relu', layers }) });
}
