/**
 * Writes the settings table of every README that has a place for it, out of the zod shapes that the program reads.
 * A shape is any export of a built package whose members are all named RUNLEDGER_*. With --check it changes nothing and fails on a
 * difference, on a service whose index exports no shape, on a shape without a README, and on a setting without a description.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { z } from 'zod';

const root = process.cwd();
const require = createRequire(import.meta.url);
const BEGIN = '<!-- settings: written by npm run format -->';
const END = '<!-- /settings -->';

const isShape = (value) => {
  const names = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return names.length > 0 && names.every(([name, type]) => name.startsWith('RUNLEDGER_') && type instanceof z.ZodType);
};

/** Name, description and default of each setting, in the order in which the program declares them. */
function settingsOf(shape, where) {
  return Object.entries(shape).map(([name, type]) => {
    const said = type.description ?? type.unwrap?.().description;
    if (!said) throw new Error(`${where}: ${name} has no .describe()`);
    const preset = defaultText(type) ?? (z.safeParse(type, undefined).success ? '' : 'required');
    return { name, said, preset };
  });
}

/** The declared default, as a person would write it in the environment. */
function defaultText(type) {
  for (let inner = type; inner; inner = inner.def?.innerType ?? inner.def?.in)
    if (inner.def?.type === 'default' || inner.def?.type === 'prefault') return `\`${inner.def.defaultValue}\``;
  return undefined;
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (settings) =>
  ['| setting | default | meaning |', '| --- | --- | --- |']
    .concat(settings.map(({ name, said, preset }) => `| \`${name}\` | ${cell(preset)} | ${cell(said)} |`))
    .join('\n');

/** Where tables stand: each package's README holds its own, the root's README that of the default process. */
function* places() {
  yield { folder: join(root, 'services/all-in-one'), readme: join(root, 'README.md') };
  for (const group of ['services', 'libs', 'infra'].filter((name) => existsSync(join(root, name))))
    for (const name of readdirSync(join(root, group))) {
      const folder = join(root, group, name);
      yield { folder, readme: join(folder, 'README.md') };
    }
}

function shapesOf(folder) {
  const built = join(folder, 'dist/index.js');
  return existsSync(built) ? Object.values(require(built)).filter(isShape) : [];
}

/** The README as it should be. */
function written(folder, readme, text) {
  const place = relative(root, readme);
  const shapes = shapesOf(folder);
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (shapes.length === 0 && existsSync(join(folder, 'src/main.ts')) && folder.includes('/services/'))
    throw new Error(`${relative(root, folder)} is a process: its index exports no settings`);
  if (shapes.length === 0 && begin < 0) return text;
  if (shapes.length === 0) throw new Error(`${place} has a place for settings, but ${relative(root, folder)} has none`);
  if (begin < 0 || end < begin) throw new Error(`${place} needs a place for its settings, the lines\n${BEGIN}\n${END}`);
  const rows = new Map(shapes.flatMap((shape) => settingsOf(shape, place)).map((setting) => [setting.name, setting]));
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table([...rows.values()])}\n\n${text.slice(end)}`;
}

const check = process.argv.includes('--check');
const failures = [];
for (const { folder, readme } of places()) {
  try {
    const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
    const next = written(folder, readme, text);
    if (next === text) continue;
    if (check) failures.push(`${relative(root, readme)} differs from its settings: npm run format`);
    else writeFileSync(readme, next);
  } catch (error) {
    failures.push(error.message);
  }
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
