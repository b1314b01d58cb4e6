import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useLayoutEffect, useRef, useState } from 'react';
import { consoleRead } from '../api/reads';
import { SearchIcon } from '../elements/icons';
import { Empty, Pending } from '../elements/notice';
import { consolePieces } from './console-text';
import classes from './run-console.module.css';

type Stream = 'all' | 'stdout' | 'stderr';

/** What a run printed: the end of it, from where one reads back. */
function StderrNote({ lines = [] }: { lines: ReadonlyArray<{ stream: 'stdout' | 'stderr' }> | undefined }) {
  if (lines.every(({ stream }) => stream !== 'stderr')) return null;
  return (
    <Text size="xs" c="dimmed">
      Lines of stderr are marked at their left.
    </Text>
  );
}

export function RunConsole({ run }: { run: string }) {
  const [wanted, setWanted] = useState('');
  const [stream, setStream] = useState<Stream>('all');
  const contains = useDeferredValue(wanted.trim());
  const read = useInfiniteQuery(consoleRead(run, { contains, stream }));
  const box = useRef<HTMLPreElement>(null);
  const pages = read.data?.pages;
  const newest = pages?.[0]?.resumeToken;
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && newest !== undefined) element.scrollTop = element.scrollHeight;
  }, [newest]);
  const lines = pages?.toReversed().flatMap((page) => page.lines);
  return (
    <div className={classes.page}>
      <Group mb="sm" gap="sm">
        <TextInput
          aria-label="Search lines"
          placeholder="Search lines"
          size="xs"
          w={280}
          leftSection={<SearchIcon size={15} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label="Stream"
          value={stream}
          onChange={setStream}
          data={['all', 'stdout', 'stderr'] satisfies Stream[]}
        />
        {read.hasNextPage && (
          <Button
            size="xs"
            variant="default"
            loading={read.isFetchingNextPage}
            onClick={() => void read.fetchNextPage()}
          >
            Show earlier lines
          </Button>
        )}
      </Group>
      <Pending read={read} />
      {lines?.length === 0 && <Empty title={contains === '' ? 'Nothing was printed' : 'No line holds that text'} />}
      {lines !== undefined && lines.length > 0 && (
        <pre ref={box} className={classes.lines} tabIndex={0} aria-label="Console">
          {lines.map(({ stream: of, writer, number, text }) => (
            <span key={`${writer} ${of} ${number}`} data-stream={of}>
              {consolePieces(text).map(({ text: piece, colour, looks }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line never changes
                <i key={at} data-colour={colour ?? undefined} data-looks={looks.join(' ') || undefined}>
                  {piece}
                </i>
              ))}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      <StderrNote lines={lines} />
    </div>
  );
}
