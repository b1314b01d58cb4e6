import { Alert, Button, Code, CopyButton, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api';
import { NotGranted } from './not-granted';

/** What a person can do about a failure. */
function adviceOf(error: unknown): string {
  if (!(error instanceof ApiError))
    return 'This is a fault of the page itself. Reload it; if it comes again, report it.';
  if (error.status === 0) return 'Check that Runledger is running and that the network reaches it, then try again.';
  if (error.status === 403) return 'A rule stands in the way: who set it can say more.';
  if (error.status === 404) return 'It may have another id, or belong to another workspace.';
  if (error.status === 503) return 'A store is away or still catching up. Nothing is lost; try again in a moment.';
  if (error.status >= 500) return 'The server failed. Its log says why.';
  return 'Change what was asked, and try again.';
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  if (error instanceof ApiError && error.code === 'ACCESS_NOT_ALLOWED') return <NotGranted />;
  const message = error instanceof Error ? error.message : String(error);
  // In the page's own colour: the red of the border is too pale for text.
  const title = (
    <Text span inherit c="var(--mantine-color-text)">
      {message.charAt(0).toUpperCase() + message.slice(1)}
    </Text>
  );
  return (
    <Alert role="alert" color="red" variant="outline" title={title} m="md">
      <Text size="sm">{adviceOf(error)}</Text>
      <Group mt="sm" gap="sm">
        {retry !== undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {error instanceof ApiError && <Code>{error.code}</Code>}
      </Group>
    </Alert>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" py={64} px="md">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  );
}

function CodeToCopy({ code }: { code: string }) {
  return (
    <Stack gap={6} w="100%" maw={640}>
      <Code block tabIndex={0} aria-label="Code">
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="subtle" onClick={copy} style={{ alignSelf: 'flex-end' }}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Stack>
  );
}

const firstRun = (experiment: string): string =>
  [
    `const run = await startRun({ experiment: '${experiment.replaceAll("'", "\\'")}', params: { lr: 0.01 } }); // from @runledger/sdk`,
    "for (let step = 0; step < 100; step++) run.log({ 'train/loss': 1 / (step + 1) }, { step });",
    'await run.finish();',
  ].join('\n');

/** What to do where nothing has been logged yet. */
export function LogFirstRun({ experiment }: { experiment: string }) {
  return (
    <>
      <Text c="dimmed" ta="center">
        Three lines log the first one. It shows up here by itself.
      </Text>
      <CodeToCopy code={firstRun(experiment)} />
    </>
  );
}

type Reading = Readonly<{ data: unknown; error: Error | null; refetch: () => unknown }>;

/** What stands in for a list or a page until its answer is there. */
export function Pending({ read: { data, error, refetch }, rows = 8 }: { read: Reading; rows?: number }) {
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return data === undefined ? <Loading rows={rows} /> : null;
}

/** Holds the place of what is being read, so that nothing jumps when it comes. */
export function Loading({ rows }: { rows: number }) {
  return (
    <Stack gap={10} p="md" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={22} />
      ))}
    </Stack>
  );
}
