import { Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { formatBytes } from '../elements/format';
import { Pending } from '../elements/notice';
import { type Chosen, readBytes, readText } from './artifact-bytes';
import { safeMediaType } from './preview-kind';
import classes from './previews.module.css';
import { useArtifact } from './use-artifact';

const MOST_IMAGE_BYTES = 20_000_000;
const MOST_DRAWING_BYTES = 2_000_000;
const MOST_MEDIA_BYTES = 200_000_000;

const TooLarge = ({ most }: { most: number }) => (
  <Text size="sm" c="dimmed">
    Files of this kind are shown up to {formatBytes(most)}. Download it to see it.
  </Text>
);

function useUrl(bytes: ArrayBuffer | undefined, type: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (bytes === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url;
}

const Broken = () => (
  <Text size="sm" c="dimmed">
    The browser cannot show this file. Download it to open it elsewhere.
  </Text>
);

type MediaParts = Readonly<{ chosen: Chosen; show: (url: string, onError: () => void) => ReactNode }>;

function Loaded({ chosen, show }: MediaParts) {
  const read = useArtifact(chosen, 'media', (signal) => readBytes(chosen, { signal }));
  const url = useUrl(read.data, safeMediaType(chosen.artifact));
  const [isBroken, setBroken] = useState(false);
  if (read.data === undefined || url === null) return <Pending read={read} rows={4} />;
  return isBroken ? <Broken /> : show(url, () => setBroken(true));
}

/** Nothing of a file that is too large is asked for. */
const Media = ({ most, ...parts }: MediaParts & Readonly<{ most: number }>) =>
  parts.chosen.artifact.size > most ? <TooLarge most={most} /> : <Loaded {...parts} />;

export const ImagePreview = (chosen: Chosen) => (
  <Media
    chosen={chosen}
    most={MOST_IMAGE_BYTES}
    show={(url, onError) => <img src={url} alt={chosen.artifact.path} className={classes.image} onError={onError} />}
  />
);

export const AudioPreview = (chosen: Chosen) => (
  <Media
    chosen={chosen}
    most={MOST_MEDIA_BYTES}
    show={(url, onError) => (
      // biome-ignore lint/a11y/useMediaCaption: nobody logged any
      <audio controls src={url} aria-label={chosen.artifact.path} className={classes.audio} onError={onError} />
    )}
  />
);

export const VideoPreview = (chosen: Chosen) => (
  <Media
    chosen={chosen}
    most={MOST_MEDIA_BYTES}
    show={(url, onError) => (
      // biome-ignore lint/a11y/useMediaCaption: nobody logged any
      <video controls src={url} aria-label={chosen.artifact.path} className={classes.image} onError={onError} />
    )}
  />
);

/** An SVG as an image, in which no script runs. As `data:` it has no origin either, where somebody opens it by itself. */
export function DrawingPreview(chosen: Chosen) {
  const { path, size } = chosen.artifact;
  const isSmall = size <= MOST_DRAWING_BYTES;
  const read = useArtifact(chosen, 'drawing', (signal) => readText(chosen, MOST_DRAWING_BYTES, signal));
  const [isBroken, setBroken] = useState(false);
  if (!isSmall) return <TooLarge most={MOST_DRAWING_BYTES} />;
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  if (isBroken) return <Broken />;
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(read.data.text)}`;
  return <img src={url} alt={path} className={classes.image} onError={() => setBroken(true)} />;
}
