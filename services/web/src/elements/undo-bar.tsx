import { Button, CloseButton, Paper, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { currentUndo, dismissUndo, type Undoable, watchUndo } from './undo';
import classes from './undo-bar.module.css';

function Offer({ done }: { done: Undoable }) {
  const undoing = useMutation({ mutationFn: done.undo, onSuccess: dismissUndo });
  return (
    <Paper withBorder shadow="md" className={classes.bar}>
      <Text size="sm" role="status">
        {undoing.error === null ? done.said : `Not undone: ${undoing.error.message}`}
      </Text>
      <Button size="compact-sm" variant="subtle" loading={undoing.isPending} onClick={() => undoing.mutate()}>
        Undo
      </Button>
      <CloseButton size="sm" aria-label="Keep it so" onClick={dismissUndo} />
    </Paper>
  );
}

/** Stays until it is used or closed: nobody has to be quick. */
export function UndoBar() {
  const done = useSyncExternalStore(watchUndo, currentUndo);
  return done === null ? null : <Offer key={done.said} done={done} />;
}
