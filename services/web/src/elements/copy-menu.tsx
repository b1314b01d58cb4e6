import { Button, Popover, Stack, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';

type Copyable = Readonly<{ name: string; text: string }>;

function Choice({ name, text }: Copyable) {
  const { copied, copy } = useClipboard();
  return (
    <Button size="xs" variant="default" justify="start" onClick={() => copy(text)}>
      {copied ? 'Copied' : `Copy ${name}`}
    </Button>
  );
}

/** Texts that are worth copying. None of them holds a key. */
export function CopyMenu({ texts }: { texts: readonly Copyable[] }) {
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="default">
          Copy …
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Copy">
        <Stack gap={4}>
          {texts.map((one) => (
            <Choice key={one.name} {...one} />
          ))}
          <Text size="xs" c="dimmed" maw={240}>
            Snippets take your key from the environment.
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
