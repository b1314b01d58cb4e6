import { Text } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';

/** Reads on when the end of a list comes into view. */
export function MoreWhenSeen({ onSeen }: { onSeen: () => void }) {
  const { ref, entry } = useIntersection({ rootMargin: '400px' });
  const isSeen = entry?.isIntersecting === true;
  useEffect(() => {
    if (isSeen) onSeen();
  }, [isSeen, onSeen]);
  return (
    <Text ref={ref} c="dimmed" size="sm" ta="center" py="md" role="status">
      Reading more …
    </Text>
  );
}
