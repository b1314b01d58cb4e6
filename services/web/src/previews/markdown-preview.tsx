import { formatBytes } from '../elements/format';
import { Pending } from '../elements/notice';
import { Markdown } from '../notes/markdown';
import { type Chosen, readText } from './artifact-bytes';
import { Capped } from './capped';
import { useArtifact } from './use-artifact';

const MOST_BYTES = 200_000;

export function MarkdownPreview(chosen: Chosen) {
  const read = useArtifact(chosen, 'markdown', (signal) => readText(chosen, MOST_BYTES, signal));
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  return (
    <>
      {!read.data.isWhole && (
        <Capped>{`The first ${formatBytes(MOST_BYTES)} of ${formatBytes(chosen.artifact.size)}.`}</Capped>
      )}
      <Markdown text={read.data.text} />
    </>
  );
}
