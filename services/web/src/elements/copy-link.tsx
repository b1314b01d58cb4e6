import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useAction } from './actions';
import { LinkIcon } from './icons';

/** Copies the address of what is shown now. It holds no key: who opens it signs in with one of their own. */
export function CopyLink() {
  const { copied, copy } = useClipboard();
  const copyIt = (): void => copy(location.href);
  useAction('Copy a link to this', copyIt, 'c');
  return (
    <Button size="xs" variant="default" leftSection={<LinkIcon size={15} />} onClick={copyIt}>
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}
