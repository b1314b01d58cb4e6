import { Anchor, Button, Group, Paper, Select, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { runRead } from '../api/reads';
import { formatBytes, formatCount } from '../elements/format';
import { Empty, Loading } from '../elements/notice';
import { Preview } from '../previews/preview';
import type { FoundRun } from '../runs/run-columns';
import { type PathOfRuns, pathsOfRuns, type RunFiles } from './artifact-paths';
import classes from './artifacts-panel.module.css';
import pageClasses from './compare-page.module.css';

/** Runs whose files stand side by side; of more, the first. The page says so. */
const MOST_BESIDE = 12;

type FileParts = Readonly<{ of: RunFiles; path: string; base: RunFiles | undefined }>;

function FileOfRun({ of, path, base }: FileParts) {
  const file = of.files.get(path);
  const isSame = of !== base && file !== undefined && file.digest === base?.files.get(path)?.digest;
  return (
    <Paper withBorder component="section" className={classes.file} aria-label={of.name}>
      <Anchor component={Link} to={`/runs/${encodeURIComponent(of.run)}?tab=artifacts`} size="sm">
        {of.name}
      </Anchor>
      <Text size="xs" c="dimmed" mb="xs">
        {file === undefined ? 'has no such file' : formatBytes(file.size)}
        {isSame && ' · the same as of the first'}
      </Text>
      {file !== undefined && <Preview key={file.digest} run={of.run} artifact={file} />}
    </Paper>
  );
}

type ChoiceParts = Readonly<{ paths: readonly PathOfRuns[]; at: number; onAt: (at: number) => void }>;

/** Paths are in an order in which numbers count as such, so that the next one is often the next step. */
function PathChoice({ paths, at, onAt }: ChoiceParts) {
  return (
    <Group gap="xs" align="end" mb="sm">
      <Select
        size="xs"
        w={420}
        label="File"
        searchable
        allowDeselect={false}
        limit={200}
        data={paths.map(({ path, runs }) => ({ value: path, label: `${path} (${formatCount(runs)})` }))}
        value={paths[at]?.path ?? null}
        onChange={(path) =>
          onAt(
            Math.max(
              0,
              paths.findIndex((one) => one.path === path),
            ),
          )
        }
        nothingFoundMessage="Nothing is called that"
      />
      <Button size="xs" variant="default" disabled={at === 0} onClick={() => onAt(at - 1)}>
        Previous
      </Button>
      <Button size="xs" variant="default" disabled={at >= paths.length - 1} onClick={() => onAt(at + 1)}>
        Next
      </Button>
    </Group>
  );
}

/** The same file of several runs side by side: images step by step, tables, texts. */
export function ArtifactsPanel({ runs }: { runs: readonly FoundRun[] }) {
  const beside = useMemo(() => runs.slice(0, MOST_BESIDE), [runs]);
  const reads = useQueries({ queries: beside.map(({ run }) => runRead(run)) });
  const [at, setAt] = useState(0);
  if (reads.some(({ isPending }) => isPending)) return <Loading rows={6} />;
  const files = reads.flatMap(({ data }): RunFiles[] =>
    data === undefined
      ? []
      : [{ run: data.run, name: data.name ?? data.run, files: new Map(data.artifacts.map((one) => [one.path, one])) }],
  );
  const paths = pathsOfRuns(files);
  const path = paths[Math.min(at, paths.length - 1)]?.path;
  if (path === undefined) return <Empty title="None of these runs has a file" />;
  return (
    <div className={pageClasses.page}>
      <PathChoice {...{ paths, at: Math.min(at, paths.length - 1) }} onAt={setAt} />
      {runs.length > beside.length && (
        <Text size="xs" c="dimmed" mb="sm" role="status">
          The first {formatCount(beside.length)} of {formatCount(runs.length)} runs.
        </Text>
      )}
      <div className={classes.beside}>
        {files.map((of) => (
          <FileOfRun key={of.run} {...{ of, path, base: files[0] }} />
        ))}
      </div>
    </div>
  );
}
