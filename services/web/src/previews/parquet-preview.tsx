import { Text } from '@mantine/core';
import type { AsyncBuffer } from 'hyparquet';
import { ApiError } from '../api/api';
import { Pending } from '../elements/notice';
import { type Chosen, readBytes } from './artifact-bytes';
import { Capped } from './capped';
import { parquetRows } from './parquet-rows';
import { RowTable } from './row-table';
import { useArtifact } from './use-artifact';

/** Reads the parts of the file that are asked for, and no more. */
const rangesOf = (chosen: Chosen, signal: AbortSignal): AsyncBuffer => ({
  byteLength: chosen.artifact.size,
  slice: (start, end = chosen.artifact.size) => readBytes(chosen, { signal, range: [start, end - 1] }),
});

export function ParquetPreview(chosen: Chosen) {
  const read = useArtifact(chosen, 'parquet', (signal) => parquetRows(rangesOf(chosen, signal)));
  if (read.error !== null && !(read.error instanceof ApiError))
    return (
      <Text size="sm" c="dimmed">
        This is not a Parquet file that can be read here: {read.error.message}
      </Text>
    );
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  return (
    <>
      {read.data.leftOut !== null && <Capped>{read.data.leftOut}</Capped>}
      <RowTable {...read.data} label={chosen.artifact.path} />
    </>
  );
}
