import { Text } from '@mantine/core';
import { formatBytes } from '../elements/format';
import { Pending } from '../elements/notice';
import { Markdown } from '../notes/markdown';
import { type Chosen, readText } from './artifact-bytes';
import { Capped } from './capped';
import { JsonPreview } from './json-preview';
import { type Cell, type Output, readNotebook } from './notebook';
import classes from './previews.module.css';
import { useArtifact } from './use-artifact';

const MOST_BYTES = 20_000_000;
const MOST_CELLS = 300;
const MOST_CHARACTERS = 20_000;
const shortened = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}\n…` : text;

function Shown({ output, of }: { output: Output; of: string }) {
  if (output.kind === 'image') return <img src={output.url} alt={`Output of ${of}`} className={classes.image} />;
  if (output.kind === 'left-out') return <Capped>{`Left out, since it may hold scripts: ${output.what}`}</Capped>;
  return (
    <pre className={classes.output} data-kind={output.kind} tabIndex={0} aria-label={`Output of ${of}`}>
      {shortened(output.text)}
    </pre>
  );
}

function CellShown({ cell, at }: { cell: Cell; at: number }) {
  const name = `cell ${at + 1}`;
  if (cell.kind === 'markdown') return <Markdown text={cell.text} />;
  return (
    <>
      <pre className={classes.code} tabIndex={0} aria-label={`Source of ${name}`}>
        {cell.count !== null && <span className={classes.kind}>{`[${cell.count}] `}</span>}
        {shortened(cell.text)}
      </pre>
      {cell.outputs.map((output, of) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: outputs of a file have no other name
        <Shown key={of} output={output} of={name} />
      ))}
    </>
  );
}

/** A notebook's cells in order. Nothing of it runs, and its HTML is not shown. */
export function NotebookPreview(chosen: Chosen) {
  const { size } = chosen.artifact;
  const read = useArtifact(chosen, 'notebook', async (signal) =>
    readNotebook((await readText(chosen, MOST_BYTES, signal)).text),
  );
  if (size > MOST_BYTES)
    return (
      <Text size="sm" c="dimmed">
        Notebooks are shown up to {formatBytes(MOST_BYTES)}. Download it to see it.
      </Text>
    );
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  if (read.data === null) return <JsonPreview {...chosen} />;
  return (
    <div className={classes.notebook}>
      {read.data.length > MOST_CELLS && <Capped>{`The first ${MOST_CELLS} of ${read.data.length} cells.`}</Capped>}
      {read.data.slice(0, MOST_CELLS).map((cell, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells of a file have no other name
        <CellShown key={at} cell={cell} at={at} />
      ))}
    </div>
  );
}
