import { Box, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Failure } from '../elements/notice';
import { previewSaid } from './preview-said';
import { type Kept, previewRead } from './retention-reads';

/** What would go if this were said, while it is being filled in: of numbers that are older than the form nothing is shown. */
export function Preview({ project, said, was }: Readonly<{ project: string; said: Kept; was: Kept }>) {
  const asked = JSON.stringify(said);
  const [settled] = useDebouncedValue(asked, 300);
  const { data, error } = useQuery(previewRead(project, JSON.parse(settled) as Kept, was));
  const isNew = settled === asked;
  if (isNew && error !== null) return <Failure error={error} />;
  return (
    <Box role="status" aria-label="What would go">
      <Text size="sm" fw={600}>
        As soon as it holds, this would take
      </Text>
      {isNew && data !== undefined ? (
        previewSaid(data).map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))
      ) : (
        <Text size="sm" c="dimmed">
          Counting …
        </Text>
      )}
    </Box>
  );
}
