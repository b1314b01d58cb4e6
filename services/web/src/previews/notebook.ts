/** What a notebook's cells come to. Its HTML and its scripts are never made elements: they are named, and left out. */
export type Output = Readonly<
  { kind: 'text' | 'error'; text: string } | { kind: 'image'; url: string } | { kind: 'left-out'; what: string }
>;
export type Cell = Readonly<{
  kind: 'markdown' | 'code' | 'raw';
  text: string;
  count: number | null;
  outputs: readonly Output[];
}>;

type Unknown = Readonly<Record<string, unknown>>;
/** Colours of a terminal, in which tracebacks come. */
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]/g;
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const isObject = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** A text is a string, or its lines. */
const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : list(value)
        .filter((line) => typeof line === 'string')
        .join('');

function shownOf(data: Unknown): Output {
  for (const type of PICTURES) {
    const bytes = textOf(data[type]).replace(/\s/g, '');
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(bytes)) return { kind: 'image', url: `data:${type};base64,${bytes}` };
  }
  const drawing = textOf(data['image/svg+xml']);
  if (drawing !== '') return { kind: 'image', url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}` };
  const text = textOf(data['text/plain']);
  if (text !== '') return { kind: 'text', text: text.replace(ESCAPES, '') };
  return { kind: 'left-out', what: Object.keys(data).join(', ') || 'nothing' };
}

function outputOf(output: unknown): Output {
  if (!isObject(output)) return { kind: 'left-out', what: 'something that is no output' };
  if (output['output_type'] === 'stream') return { kind: 'text', text: textOf(output['text']).replace(ESCAPES, '') };
  if (output['output_type'] === 'error') {
    const trace = list(output['traceback']).map(textOf).join('\n');
    const said = `${textOf(output['ename'])}: ${textOf(output['evalue'])}`;
    return { kind: 'error', text: (trace === '' ? said : trace).replace(ESCAPES, '') };
  }
  return shownOf(isObject(output['data']) ? output['data'] : {});
}

function cellOf(cell: unknown): Cell {
  const { cell_type: kind, source, execution_count: count, outputs } = isObject(cell) ? cell : {};
  return {
    kind: kind === 'markdown' || kind === 'code' ? kind : 'raw',
    text: textOf(source),
    count: typeof count === 'number' ? count : null,
    outputs: list(outputs).map(outputOf),
  };
}

/** The cells of a notebook of Jupyter's format 4; null where it is none. */
export function readNotebook(text: string): readonly Cell[] | null {
  try {
    const notebook: unknown = JSON.parse(text);
    if (!isObject(notebook) || !Array.isArray(notebook['cells'])) return null;
    return notebook['cells'].map(cellOf);
  } catch {
    return null;
  }
}
