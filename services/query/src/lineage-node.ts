import { Fault } from '@runledger/kernel';
import type { LineageKind, LineageNode } from '@runledger/postgres';

const KINDS: ReadonlySet<string> = new Set<LineageKind>([
  'run',
  'dataset',
  'logged-model',
  'version',
  'artifact',
  'external',
]);
const isKind = (text: string): text is LineageKind => KINDS.has(text);

/** Name and digest of a dataset hold any character; all other names hold no slash, or are one. */
export const nodeKey = ({ kind, id }: LineageNode): string =>
  `${kind}:${kind === 'dataset' ? id.map(encodeURIComponent).join('/') : id.join('/')}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `kind:name`. Of a version, the model's name stands where its id belongs. @throws Fault invalid QUERY_BAD_NODE */
export function parseNode(text: string): LineageNode {
  const colon = text.indexOf(':');
  const [kind, name] = [text.slice(0, colon), text.slice(colon + 1)];
  const bad = new Fault(
    'invalid',
    'QUERY_BAD_NODE',
    'a node is run:<id>, dataset:<name>/<digest> (each percent-encoded), logged-model:<id>, version:<model>/<number>, artifact:<digest> or external:<uri>',
  );
  if (colon < 1 || name === '' || !isKind(kind)) throw bad;
  if (kind !== 'dataset' && kind !== 'version') return { kind, id: [name] };
  const parts = name.split('/');
  if (parts.length !== 2 || parts.includes('')) throw bad;
  if (kind === 'version' && !/^[1-9]\d{0,8}$/.test(parts[1] ?? '')) throw bad;
  return { kind, id: kind === 'dataset' ? parts.map(decoded) : parts };
}
