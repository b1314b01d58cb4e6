import { formatBytes } from '../elements/format';
import { Pending } from '../elements/notice';
import { type Chosen, readText } from './artifact-bytes';
import { Capped } from './capped';
import classes from './previews.module.css';
import { useArtifact } from './use-artifact';

const MOST_BYTES = 200_000;

export function TextPreview(chosen: Chosen) {
  const { artifact } = chosen;
  const read = useArtifact(chosen, 'text', (signal) => readText(chosen, MOST_BYTES, signal));
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  return (
    <>
      {!read.data.isWhole && (
        <Capped>{`The first ${formatBytes(MOST_BYTES)} of ${formatBytes(artifact.size)}.`}</Capped>
      )}
      {/* Scrolled by keyboard too. */}
      <pre className={classes.text} tabIndex={0} aria-label={`Content of ${artifact.path}`}>
        {read.data.text}
      </pre>
    </>
  );
}
