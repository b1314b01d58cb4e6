import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Step = Readonly<{ word: string; rest: string }>;

// No container engine runs where the tests do: this is what their files tell.
const files = readdirSync(__dirname).filter((name) => /^Dockerfile(?!.*ignore$)/.test(name));

function stepsOf(file: string): Step[] {
  const text = readFileSync(join(__dirname, file), 'utf8').replaceAll(/\\\n/g, ' ');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, word = '', rest = ''] = /^\s*(\w+)\s*(.*)$/.exec(line) ?? [];
    return { word: word.toUpperCase(), rest };
  });
}

/** The stage that becomes the image. */
const lastStage = (steps: readonly Step[]): Step[] => steps.slice(steps.findLastIndex(({ word }) => word === 'FROM'));

describe('the images', () => {
  it('are found', () => expect(files).toContain('Dockerfile'));

  it.each(files)('run without root: %s', (file) => {
    const stage = lastStage(stepsOf(file));
    const users = stage.filter(({ word }) => word === 'USER').map(({ rest }) => rest);
    expect(users.at(-1)).toMatch(/^(?!root\b|0\b)\w+/);
    const afterwards = stage.slice(stage.findLastIndex(({ word }) => word === 'USER') + 1).map(({ word }) => word);
    expect(afterwards).not.toEqual(expect.arrayContaining([expect.stringMatching(/RUN|COPY|ADD/)]));
  });

  it.each(files)('let the program change none of its files: %s', (file) => {
    const copies = lastStage(stepsOf(file)).filter(({ word }) => word === 'COPY' || word === 'ADD');
    expect(copies.length).toBeGreaterThan(0);
    for (const { rest } of copies) expect(rest).not.toMatch(/--chown|--chmod|https?:/);
  });

  it.each(files)('take no secret from the build, and nothing from a moving tag: %s', (file) => {
    const steps = stepsOf(file);
    for (const { rest } of steps.filter(({ word }) => word === 'ENV' || word === 'ARG'))
      expect(rest).not.toMatch(/key|secret|token|password/i);
    for (const { rest } of steps.filter(({ word }) => word === 'FROM')) expect(rest).toMatch(/:\S/);
    for (const { rest } of steps.filter(({ word }) => word === 'FROM')) expect(rest).not.toMatch(/:latest/);
  });

  it('leave out what lies beside the sources', () => {
    const ignored = readFileSync(join(__dirname, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    expect(ignored.length).toBeGreaterThan(1);
    for (const name of ['.runledger', 'node_modules']) expect(ignored.some((line) => line.includes(name))).toBe(true);
  });
});
