import { Alert, Text } from '@mantine/core';
import { useKept } from '../api/me';

type Kept = NonNullable<ReturnType<typeof useKept>>;

const named = (projects: readonly string[]): string => projects.map((one) => `“${one}”`).join(', ');

function reachOf(kept: Kept): string {
  if ('only' in kept)
    return `You are kept to ${kept.only.length === 1 ? 'the project' : 'the projects'} ${named(kept.only)}.`;
  return `You are kept from ${kept.except.length === 1 ? 'the project' : 'the projects'} ${named(kept.except)}.`;
}

/** Stands where something is that whoever is signed in was not granted: that is no failure, and trying again changes nothing. */
export function NotGranted() {
  const kept = useKept();
  const title = (
    <Text span inherit c="var(--mantine-color-text)">
      Not within your grants
    </Text>
  );
  return (
    <Alert role="status" color="gray" variant="outline" title={title} m="md">
      <Text size="sm">
        {kept === undefined
          ? 'It needs a permission that you were not granted.'
          : `It tells of the whole workspace. ${reachOf(kept)}`}{' '}
        Somebody who may grant can let you in, or sign in with another key.
      </Text>
    </Alert>
  );
}
