import { normal, type Random } from './random';

/** One fully connected layer. Weights lie row by row, one row for each input, so that zeros of the input cost nothing. */
export class Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly weightGradient: Float32Array;
  readonly biasGradient: Float32Array;

  constructor(
    readonly inputs: number,
    readonly outputs: number,
    random: Random,
  ) {
    const deviation = Math.sqrt(2 / inputs); // He et al. 2015, for rectified units
    this.weights = Float32Array.from({ length: inputs * outputs }, () => normal(random) * deviation);
    this.bias = new Float32Array(outputs);
    this.weightGradient = new Float32Array(inputs * outputs);
    this.biasGradient = new Float32Array(outputs);
  }

  /** `out` = bias + `input` × weights, for `rows` rows. */
  forward(input: Float32Array, out: Float32Array, rows: number): void {
    const { inputs, outputs, weights, bias } = this;
    for (let row = 0; row < rows; row++) {
      const to = row * outputs;
      out.set(bias, to);
      for (let i = 0; i < inputs; i++) {
        const x = input[row * inputs + i] as number;
        if (x === 0) continue;
        const from = i * outputs;
        for (let o = 0; o < outputs; o++) (out[to + o] as number) += x * (weights[from + o] as number);
      }
    }
  }

  /** Sets the gradients from `delta`, the loss's gradient by this layer's output, and `inputDelta` likewise for its input. */
  backward(input: Float32Array, delta: Float32Array, inputDelta: Float32Array | null, rows: number): void {
    this.weightGradient.fill(0);
    this.biasGradient.fill(0);
    for (let row = 0; row < rows; row++) this.#backwardRow(input, delta, inputDelta, row);
  }

  #backwardRow(input: Float32Array, delta: Float32Array, inputDelta: Float32Array | null, row: number): void {
    const { inputs, outputs, weights, weightGradient, biasGradient } = this;
    const at = row * outputs;
    for (let o = 0; o < outputs; o++) (biasGradient[o] as number) += delta[at + o] as number;
    for (let i = 0; i < inputs; i++) {
      const x = input[row * inputs + i] as number;
      // A rectified unit that is off passes nothing on, and a black pixel has no gradient.
      if (x === 0) {
        if (inputDelta !== null) inputDelta[row * inputs + i] = 0;
        continue;
      }
      const from = i * outputs;
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        const d = delta[at + o] as number;
        (weightGradient[from + o] as number) += x * d;
        sum += d * (weights[from + o] as number);
      }
      if (inputDelta !== null) inputDelta[row * inputs + i] = sum;
    }
  }
}

export type Score = Readonly<{ loss: number; accuracy: number }>;

/** A multi-layer perceptron: rectified hidden layers, softmax at the end, cross-entropy as its loss. */
export class Network {
  readonly layers: readonly Layer[];
  #room = 0;
  #outputs: Float32Array[] = [];
  #deltas: Float32Array[] = [];

  constructor(sizes: readonly number[], random: Random) {
    this.layers = sizes.slice(1).map((outputs, i) => new Layer(sizes[i] as number, outputs, random));
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#room) return;
    this.#room = rows;
    this.#outputs = this.layers.map(({ outputs }) => new Float32Array(rows * outputs));
    this.#deltas = this.layers.map(({ outputs }) => new Float32Array(rows * outputs));
  }

  /** Class probabilities of every row. */
  #forward(input: Float32Array, rows: number): Float32Array {
    this.#makeRoom(rows);
    let before = input;
    this.layers.forEach((layer, i) => {
      const out = this.#outputs[i] as Float32Array;
      layer.forward(before, out, rows);
      if (i < this.layers.length - 1) rectify(out, rows * layer.outputs);
      else softmax(out, rows, layer.outputs);
      before = out;
    });
    return before;
  }

  score(input: Float32Array, labels: Uint8Array): Score {
    return scoreOf(this.#forward(input, labels.length), labels);
  }

  /** Sets the gradients of every layer from one batch, and tells how well it was recognised before. */
  gradients(input: Float32Array, labels: Uint8Array): Score {
    const rows = labels.length;
    const probabilities = this.#forward(input, rows);
    const score = scoreOf(probabilities, labels);
    const last = this.layers.length - 1;
    lossGradient(probabilities, labels, this.#deltas[last] as Float32Array);
    for (let i = last; i >= 0; i--) {
      const before = i === 0 ? input : (this.#outputs[i - 1] as Float32Array);
      const inputDelta = i === 0 ? null : (this.#deltas[i - 1] as Float32Array);
      (this.layers[i] as Layer).backward(before, this.#deltas[i] as Float32Array, inputDelta, rows);
    }
    return score;
  }
}

function rectify(values: Float32Array, n: number): void {
  for (let i = 0; i < n; i++) if ((values[i] as number) < 0) values[i] = 0;
}

function softmax(values: Float32Array, rows: number, classes: number): void {
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * classes, (row + 1) * classes);
    const highest = Math.max(...part); // keeps exp from overflowing
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += part[c] = Math.exp((part[c] as number) - highest);
    for (let c = 0; c < classes; c++) (part[c] as number) /= sum;
  }
}

function scoreOf(probabilities: Float32Array, labels: Uint8Array): Score {
  const rows = labels.length;
  let loss = 0;
  let right = 0;
  const classes = 10;
  for (let row = 0; row < rows; row++) {
    const part = probabilities.subarray(row * classes, (row + 1) * classes);
    const label = labels[row] as number;
    loss -= Math.log(Math.max(part[label] as number, 1e-12));
    let best = 0;
    for (let c = 1; c < classes; c++) if ((part[c] as number) > (part[best] as number)) best = c;
    if (best === label) right++;
  }
  return { loss: loss / rows, accuracy: right / rows };
}

/** Of the mean cross-entropy by the inputs of the softmax: probability minus truth. */
function lossGradient(probabilities: Float32Array, labels: Uint8Array, out: Float32Array): void {
  const rows = labels.length;
  const classes = 10;
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++) {
      const at = row * classes + c;
      out[at] = ((probabilities[at] as number) - (labels[row] === c ? 1 : 0)) / rows;
    }
}
