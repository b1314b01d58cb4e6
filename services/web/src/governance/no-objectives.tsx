import { Code, Text } from '@mantine/core';
import { Empty } from '../elements/notice';

/** `of`: what has none, as the beginning of a sentence. */
export const NoObjectives = ({ of }: { of: string }) => (
  <Empty title="No objectives">
    <Text c="dimmed" ta="center">
      {of}. Define one with <Code>POST /api/v1/commands/define-objective</Code>.
    </Text>
  </Empty>
);
