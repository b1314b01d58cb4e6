import { Fault } from '@runledger/kernel';

/** Where the files of a new version come from, read. */
export type Source =
  | Readonly<{ is: 'logged-model'; id: string }>
  | Readonly<{ is: 'version'; name: string; version: number | null; alias: string | null; stage: string | null }>
  | Readonly<{ is: 'run'; run: string }>
  | Readonly<{ is: 'artifacts'; path: string }>
  | Readonly<{ is: 'elsewhere' }>;

const bad = (source: string, why: string): Fault =>
  new Fault('invalid', 'MLFLOW_BAD_SOURCE', `Invalid model version source: '${source.slice(0, 500)}'. ${why}`);

/** Of a source that lies in a run or a model which the request does not name. */
export const notWithin = (source: string, field: 'run_id' | 'model_id'): Fault =>
  bad(source, `The ${field} request parameter must identify the resource that contains the source.`);

/** Decoded until nothing is left to decode: what a server behind would decode once more must not hide here. */
function decoded(text: string): string {
  let before = text;
  for (let turns = 0; turns < 20; turns++) {
    let after: string;
    try {
      after = decodeURIComponent(before.replaceAll('+', ' '));
    } catch {
      return before; // % without digits stands for itself
    }
    if (after === before) return after;
    before = after;
  }
  throw bad(text, 'It is encoded too often.');
}

function refuseRelative(source: string): void {
  const plain = decoded(source);
  const path = plain.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, '');
  if (path.includes('\u0000') || path.split(/[/\\]/).some((part) => part === '..' || part === '.'))
    throw bad(source, 'It must be an absolute path without relative path references.');
}

const MODEL_URI = /^models:\/+([^/@]+)(?:\/([^/@]+)|@([^/@]+))?$/;
const LOGGED_MODEL = /^m-[0-9a-f]{32}$/;

function readModelUri(source: string): Source {
  const [, name = '', part, alias] = MODEL_URI.exec(source) ?? [];
  if (name === '') throw bad(source, 'A models:/ URI names a logged model, or a model and its version or alias.');
  if (part === undefined && alias === undefined) {
    if (LOGGED_MODEL.test(name)) return { is: 'logged-model', id: name };
    throw bad(source, 'A models:/ URI names a logged model, or a model and its version or alias.');
  }
  const version = part !== undefined && /^\d{1,9}$/.test(part) ? Number(part) : null;
  const stage = part !== undefined && version === null ? part : null;
  return { is: 'version', name: decoded(name), version, alias: alias ?? null, stage };
}

/**
 * Pure. A source may be any URI of files, but none that leaves its place, and no path on a server's disk.
 * @throws Fault invalid MLFLOW_BAD_SOURCE
 */
export function readSource(source: string): Source {
  refuseRelative(source);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase() ?? 'file';
  switch (scheme) {
    case 'file':
      throw bad(source, 'A path on a disk is no source: artifacts are kept by this server.');
    case 'models':
      return readModelUri(source);
    case 'runs': {
      const run = /^runs:\/+([^/]+)\/./.exec(source)?.[1];
      if (run === undefined) throw bad(source, 'A runs:/ URI names a run and a path in it.');
      return { is: 'run', run };
    }
    case 'mlflow-artifacts':
      return { is: 'artifacts', path: source.replace(/^mlflow-artifacts:\/*/i, '').replace(/\/+$/, '') };
    default:
      return { is: 'elsewhere' };
  }
}
