import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Dialog } from './dialog';
import { Failure } from './notice';

type FormDialogParts = Readonly<{
  title: string;
  /** What the button says. */
  action: string;
  /** Whether enough is filled in. */
  isReady: boolean;
  /** What is read again once it was sent: answers under this key, and below. */
  changes: readonly string[];
  send: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}>;

/** A form over the page; what it changes is read again. */
export function FormDialog({ title, action, isReady, changes, send, onClose, children }: FormDialogParts) {
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: send,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: changes });
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) sending.mutate();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          {sending.error !== null && <Failure error={sending.error} />}
          <Group gap="xs">
            <Button size="xs" type="submit" loading={sending.isPending} disabled={!isReady}>
              {action}
            </Button>
            <Button size="xs" variant="subtle" onClick={onClose}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
