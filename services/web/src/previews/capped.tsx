import { Text } from '@mantine/core';

/** Says that not all of a file is shown. */
export const Capped = ({ children }: { children: string }) => (
  <Text size="xs" c="dimmed" mb={4} role="note">
    {children}
  </Text>
);
