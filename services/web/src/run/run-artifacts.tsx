import { Button, Group, Paper, Text } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { at, request } from '../api/api';
import { formatBytes } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { type TreeLine, treeLines } from './artifact-tree';
import classes from './run-artifacts.module.css';

type Artifact = RunAnswer['artifacts'][number];
type Previewed = Readonly<{ kind: 'text'; text: string; isWhole: boolean } | { kind: 'image'; url: string }>;

const SHOWN_BYTES = 200_000;
const MOST_IMAGE_BYTES = 20_000_000;
/** Pictures that cannot run anything. An SVG is shown as an image as well, where its scripts do not run. */
const IMAGES = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;
const TEXTS = /^(text\/|application\/(json|x-ndjson|yaml|x-yaml|xml|toml))/;
const TEXT_NAMES = /\.(txt|md|json|jsonl|csv|tsv|ya?ml|toml|log|py|ts|js|sh|ini|cfg)$/i;

const pathOf = (run: string, path: string): string =>
  at`runs/${run}/artifacts/` + path.split('/').map(encodeURIComponent).join('/');

const kindOf = ({ mediaType, path, size }: Artifact): Previewed['kind'] | null => {
  if (IMAGES.test(mediaType)) return size <= MOST_IMAGE_BYTES ? 'image' : null;
  return TEXTS.test(mediaType) || TEXT_NAMES.test(path) ? 'text' : null;
};

async function preview(run: string, artifact: Artifact, signal: AbortSignal): Promise<Previewed> {
  const path = pathOf(run, artifact.path);
  if (kindOf(artifact) === 'image')
    return { kind: 'image', url: URL.createObjectURL(await (await request(path, { signal })).blob()) };
  const isWhole = artifact.size <= SHOWN_BYTES;
  const headers: Record<string, string> = isWhole ? {} : { range: `bytes=0-${SHOWN_BYTES - 1}` };
  return { kind: 'text', text: await (await request(path, { signal, headers })).text(), isWhole };
}

/** JSON on several lines, when it is JSON. */
function readable(text: string, path: string): string {
  if (!path.endsWith('.json')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Preview({ run, artifact }: { run: string; artifact: Artifact }) {
  const read = useQuery({
    queryKey: ['artifact', run, artifact.path, artifact.digest],
    queryFn: ({ signal }) => preview(run, artifact, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = read.data?.kind === 'image' ? read.data.url : null;
  useEffect(() => (url === null ? undefined : () => URL.revokeObjectURL(url)), [url]);
  if (read.data === undefined) return <Pending read={read} rows={4} />;
  if (read.data.kind === 'image') return <img src={read.data.url} alt={artifact.path} className={classes.image} />;
  const { text, isWhole } = read.data;
  return (
    <>
      {!isWhole && (
        <Text size="xs" c="dimmed">
          The first {formatBytes(SHOWN_BYTES)} of {formatBytes(artifact.size)}.
        </Text>
      )}
      {/* Scrolled by keyboard too. */}
      <pre className={classes.text} tabIndex={0} aria-label={`Content of ${artifact.path}`}>
        {isWhole ? readable(text, artifact.path) : text}
      </pre>
    </>
  );
}

/** With the key in a header, which no link can carry. */
async function download(run: string, { path }: Artifact): Promise<void> {
  const url = URL.createObjectURL(await (await request(pathOf(run, path))).blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = path.split('/').at(-1) ?? 'artifact';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Chosen({ run, artifact }: { run: string; artifact: Artifact }) {
  return (
    <Paper withBorder component="section" className={classes.chosen} aria-label={artifact.path}>
      <Group justify="space-between" mb="xs">
        <div>
          <h2 className={classes.path}>{artifact.path}</h2>
          <Text size="xs" c="dimmed">
            {formatBytes(artifact.size)} · {artifact.mediaType} · {artifact.digest}
          </Text>
        </div>
        <Button size="xs" variant="default" onClick={() => void download(run, artifact)}>
          Download
        </Button>
      </Group>
      {kindOf(artifact) === null ? (
        <Text size="sm" c="dimmed">
          There is no preview of this kind of file.
        </Text>
      ) : (
        <Preview run={run} artifact={artifact} />
      )}
    </Paper>
  );
}

type LineParts = Readonly<{ line: TreeLine<Artifact>; isOpen: boolean; isChosen: boolean; onPress: () => void }>;

function Line({ line, isOpen, isChosen, onPress }: LineParts) {
  return (
    <li>
      <button
        type="button"
        className={classes.line}
        style={{ paddingLeft: 10 + line.depth * 16 }}
        onClick={onPress}
        aria-expanded={line.file === null ? isOpen : undefined}
        aria-pressed={line.file === null ? undefined : isChosen}
      >
        <span>
          {line.file === null && <span aria-hidden="true">{isOpen ? '▾ ' : '▸ '}</span>}
          {line.name}
        </span>
        <span className={classes.size}>{formatBytes(line.size)}</span>
      </button>
    </li>
  );
}

export function RunArtifacts({ run, artifacts }: { run: string; artifacts: readonly Artifact[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Artifact | null>(null);
  const lines = useMemo(() => treeLines(artifacts, open), [artifacts, open]);
  const press = ({ file, path }: TreeLine<Artifact>): void => {
    if (file !== null) return setChosen(file);
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    return setOpen(next);
  };
  if (artifacts.length === 0) return <Empty title="No artifacts were stored" />;
  return (
    <div className={classes.sides}>
      <Paper withBorder component="ul" className={classes.tree} aria-label="Artifacts">
        {lines.map((line) => (
          <Line
            key={line.path}
            line={line}
            isOpen={open.has(line.path)}
            isChosen={chosen?.path === line.path}
            onPress={() => press(line)}
          />
        ))}
      </Paper>
      {chosen !== null && <Chosen key={chosen.path} run={run} artifact={chosen} />}
    </div>
  );
}
