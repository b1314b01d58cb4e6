import type { LineageAnswer } from '@runledger/contracts/http';

export type NodeKind = LineageAnswer['nodes'][number]['kind'];
/** A thing as the graph and the table show it. */
export type Shown = Readonly<{ kind: NodeKind; kindName: string; name: string; title: string; to: string }>;

const KIND_NAMES: Readonly<Record<NodeKind, string>> = {
  run: 'Run',
  dataset: 'Dataset',
  'logged-model': 'Logged model',
  version: 'Model version',
  artifact: 'File',
  external: 'Elsewhere',
};

const DIGEST = 12;
const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, DIGEST);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const lineagePath = (node: string): string => `/lineage?node=${encodeURIComponent(JSON.stringify(node))}`;
export const datasetNode = ({ name, digest }: { name: string; digest: string }): string =>
  `dataset:${encodeURIComponent(name)}/${encodeURIComponent(digest)}`;
export const versionNode = (model: string, version: number): string => `version:${model}/${version}`;

/** What a thing is called, and where its page is. A run is called as its owner called it, where that is known. */
export function shownOf(node: string, kind: NodeKind, runNames: ReadonlyMap<string, string>): Shown {
  const id = node.slice(node.indexOf(':') + 1);
  const [first = '', second = ''] = id.split('/');
  const base = { kind, kindName: KIND_NAMES[kind], title: node };
  switch (kind) {
    case 'run':
      return { ...base, name: runNames.get(id) ?? id, to: `/runs/${encodeURIComponent(id)}?tab=lineage` };
    case 'dataset':
      return { ...base, name: `${decoded(first)} ${short(decoded(second))}`, to: lineagePath(node) };
    case 'version':
      return { ...base, name: `${first} ${second}`, to: `/models/${encodeURIComponent(first)}` };
    case 'artifact':
      return { ...base, name: short(id), to: lineagePath(node) };
    case 'logged-model':
    case 'external':
      return { ...base, name: id, to: lineagePath(node) };
    default:
      return kind satisfies never;
  }
}

type Edge = LineageAnswer['edges'][number];
const WORDS: Readonly<Record<Edge['kind'], string>> = {
  used: 'was used by',
  made: 'made',
  measured: 'was measured by',
  registered: 'was registered as',
  stored: 'stored',
  'same-bytes': 'has the same bytes as',
  forked: 'was forked into',
  child: 'has the child',
  linked: 'is linked to',
};
/** What an arrow says, with its detail. */
export const wordsOf = ({ kind, detail }: Edge): string => (detail === '' ? WORDS[kind] : `${WORDS[kind]} (${detail})`);
