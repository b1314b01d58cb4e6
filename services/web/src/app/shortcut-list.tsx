import { Button, Kbd, Switch, Table } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { currentActions, watchActions } from '../elements/actions';
import { Dialog } from '../elements/dialog';
import { useSingleKeys } from './use-shortcuts';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const shown = (keys: string): string[] =>
  keys.split(' ').map((key) => key.replace('mod+', isMac ? '⌘ ' : 'Ctrl ').replace(/\b[a-z]$/, (k) => k.toUpperCase()));

/** Every key that does something on this page. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const actions = useSyncExternalStore(watchActions, currentActions);
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <Table aria-label="Keyboard shortcuts" mb="md">
        <Table.Tbody>
          {actions.flatMap(({ name, keys }) =>
            keys === undefined ? (
              []
            ) : (
              <Table.Tr key={keys}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">
                  {shown(keys).map((key) => (
                    <Kbd key={key} ml={4}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
      <Switch
        label="Shortcuts of single keys"
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
      />
      <Button variant="default" size="xs" mt="md" onClick={onClose}>
        Close
      </Button>
    </Dialog>
  );
}
