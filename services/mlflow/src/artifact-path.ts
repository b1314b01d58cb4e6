import { isEntityId } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** What artifacts lie in. */
export type ArtifactRoot = Readonly<{ experiment: string; of: 'run' | 'logged-model'; id: string }>;
/** What a path of the artifact door names: a place of a run or of a logged model. Empty is its whole folder. */
export type ArtifactPlace = ArtifactRoot & Readonly<{ path: string }>;

const MAX_LENGTH = 1_000;
const SCHEME = 'mlflow-artifacts:/';

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
 * A path within a run or a model: opaque, never joined to a file system's, and yet nothing that a client which joins it could regret.
 * @throws Fault invalid MLFLOW_BAD_PATH
 */
export function checkArtifactPath(path: string): string {
  if (path.length > MAX_LENGTH || !path.isWellFormed() || !path.split('/').every(isName)) throw bad();
  return path;
}

/** The same of a folder: the root's own is empty, and a slash at the end says nothing. @throws Fault invalid MLFLOW_BAD_PATH */
export const checkFolder = (path: string): string => (path === '' ? '' : checkArtifactPath(path.replace(/\/$/, '')));

/** `<experiment>/<run>/artifacts` or `<experiment>/models/<logged model>/artifacts`, and the rest. */
function cut(whole: string): Readonly<{ root: ArtifactRoot; rest: readonly string[] }> {
  const [experiment = '', second = '', third = '', fourth, ...rest] = whole.split('/');
  if (second === 'models' && third !== 'artifacts' && fourth === 'artifacts')
    return { root: { experiment, of: 'logged-model', id: third }, rest };
  if (third !== 'artifacts') throw bad();
  return { root: { experiment, of: 'run', id: second }, rest: fourth === undefined ? [] : [fourth, ...rest] };
}

/** What clients read a `mlflow-artifacts:/…` URI as. @throws Fault invalid MLFLOW_BAD_PATH */
export function placeOfPath(whole: string): ArtifactPlace {
  const { root, rest } = cut(whole.replace(/^\//, ''));
  if (!isEntityId(root.experiment) || !isEntityId(root.id)) throw bad();
  return { ...root, path: checkFolder(rest.join('/')) };
}

/** Where artifacts of a root lie, in the words of clients. */
export const rootUri = ({ experiment, of, id }: ArtifactRoot): string =>
  `${SCHEME}${experiment}/${of === 'run' ? '' : 'models/'}${id}/artifacts`;

/** The place that a URI names; null where it is none of this server's. @throws Fault invalid MLFLOW_BAD_PATH */
export const placeOfUri = (uri: string): ArtifactPlace | null =>
  uri.startsWith(SCHEME) ? placeOfPath(uri.slice(SCHEME.length)) : null;
