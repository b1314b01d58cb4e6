import { Button, Group, Paper, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatBytes } from '../elements/format';
import { Empty } from '../elements/notice';
import { type Artifact, type Chosen, readBlob } from '../previews/artifact-bytes';
import { Preview } from '../previews/preview';
import { foldersAtFirst, type TreeLine, treeLines } from './artifact-tree';
import classes from './run-artifacts.module.css';

/** Through the page: no link can carry the key. */
async function download(chosen: Chosen): Promise<void> {
  const url = URL.createObjectURL(await readBlob(chosen));
  const link = document.createElement('a');
  link.href = url;
  link.download = chosen.artifact.path.split('/').at(-1) ?? 'artifact';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function ChosenFile(chosen: Chosen) {
  const { artifact } = chosen;
  return (
    <Paper withBorder component="section" className={classes.chosen} aria-label={artifact.path}>
      <Group justify="space-between" mb="xs">
        <div>
          <h2 className={classes.path}>{artifact.path}</h2>
          <Text size="xs" c="dimmed">
            {formatBytes(artifact.size)} · {artifact.mediaType} · {artifact.digest}
          </Text>
        </div>
        <Button size="xs" variant="default" onClick={() => void download(chosen)}>
          Download
        </Button>
      </Group>
      <Preview {...chosen} />
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
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(foldersAtFirst(artifacts)));
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
      {chosen === null && (
        <Text size="sm" c="dimmed" p="xs">
          Choose a file to look at it.
        </Text>
      )}
      {chosen !== null && <ChosenFile key={chosen.path} run={run} artifact={chosen} />}
    </div>
  );
}
