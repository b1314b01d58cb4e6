import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { LinkIcon } from './icons';

/** Copies the address of what is shown now. It holds no key: who opens it signs in with one of their own. */
export function CopyLink() {
  const { copied, copy } = useClipboard();
  return (
    <Button size="xs" variant="default" leftSection={<LinkIcon size={15} />} onClick={() => copy(location.href)}>
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}
