import { Fault } from '@runledger/kernel';
import { unsupported } from './unsupported-routes';

/** What a path of the artifact door names: a place of a run. Empty is the run's whole folder. */
export type ArtifactPlace = Readonly<{ experiment: string; run: string; path: string }>;

const MAX_LENGTH = 1_000;

const bad = (): Fault => new Fault('invalid', 'MLFLOW_BAD_PATH', 'Invalid path');

/** As some later program may read it: percent-encoded, and encoded again. */
function spellings(part: string): string[] {
  const all = [part];
  for (let text = part; all.length < 4; all.push(text)) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return all;
    }
  }
  return all;
}

const isName = (part: string): boolean =>
  part !== '' &&
  spellings(part).every((text) => text !== '.' && text !== '..' && !/[\u0000-\u001f\u007f\\/]/.test(text));

/**
 * A path within a run: opaque, never joined to a file system's, and yet nothing that a client which joins it could regret.
 * @throws Fault invalid MLFLOW_BAD_PATH
 */
export function checkArtifactPath(path: string): string {
  if (path.length > MAX_LENGTH || !path.isWellFormed() || !path.split('/').every(isName)) throw bad();
  return path;
}

/** The same of a folder: the run's own is empty, and a slash at the end says nothing. @throws Fault invalid MLFLOW_BAD_PATH */
export const checkFolder = (path: string): string => (path === '' ? '' : checkArtifactPath(path.replace(/\/$/, '')));

/**
 * `<experiment>/<run>/artifacts/<path>`, which is how clients read `mlflow-artifacts:/…`.
 * @throws Fault invalid MLFLOW_BAD_PATH, unimplemented MLFLOW_UNSUPPORTED (artifacts of logged models)
 */
export function placeOfPath(whole: string): ArtifactPlace {
  const [experiment = '', run = '', folder, ...rest] = whole.replace(/^\//, '').split('/');
  if (run === 'models') throw unsupported('Artifacts of logged models');
  if (!/^\w{1,128}$/.test(experiment) || !/^\w{1,128}$/.test(run) || folder !== 'artifacts') throw bad();
  return { experiment, run, path: checkFolder(rest.join('/')) };
}
