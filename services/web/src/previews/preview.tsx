import { Text } from '@mantine/core';
import { type ComponentType, lazy, Suspense } from 'react';
import { Loading } from '../elements/notice';
import type { Chosen } from './artifact-bytes';
import { AudioPreview, DrawingPreview, ImagePreview, VideoPreview } from './media-preview';
import { type PreviewKind, previewKind } from './preview-kind';
import { TextPreview } from './text-preview';

const PREVIEWS: Readonly<Record<PreviewKind, ComponentType<Chosen>>> = {
  image: ImagePreview,
  drawing: DrawingPreview,
  audio: AudioPreview,
  video: VideoPreview,
  text: TextPreview,
  markdown: lazy(async () => ({ default: (await import('./markdown-preview')).MarkdownPreview })),
  json: lazy(async () => ({ default: (await import('./json-preview')).JsonPreview })),
  csv: lazy(async () => ({ default: (await import('./csv-preview')).CsvPreview })),
  parquet: lazy(async () => ({ default: (await import('./parquet-preview')).ParquetPreview })),
  notebook: lazy(async () => ({ default: (await import('./notebook-preview')).NotebookPreview })),
};

/** A file as far as it can be shown safely: what strangers logged is text, pixels and sound, and never runs. */
export function Preview(chosen: Chosen) {
  const kind = previewKind(chosen.artifact);
  if (kind === null)
    return (
      <Text size="sm" c="dimmed">
        There is no preview of this kind of file.
      </Text>
    );
  const Shown = PREVIEWS[kind];
  return (
    <Suspense fallback={<Loading rows={4} />}>
      <Shown {...chosen} />
    </Suspense>
  );
}
