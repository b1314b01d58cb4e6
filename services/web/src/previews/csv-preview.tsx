import { Pending } from '../elements/notice';
import { type Chosen, readText } from './artifact-bytes';
import { Capped } from './capped';
import { csvRows } from './csv-rows';
import { RowTable } from './row-table';
import { useArtifact } from './use-artifact';

const MOST_BYTES = 1_000_000;

export function CsvPreview(chosen: Chosen) {
  const read = useArtifact(chosen, 'csv', async (signal) => csvRows(await readText(chosen, MOST_BYTES, signal)));
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  return (
    <>
      {read.data.leftOut !== null && <Capped>{read.data.leftOut}</Capped>}
      <RowTable {...read.data} label={chosen.artifact.path} />
    </>
  );
}
