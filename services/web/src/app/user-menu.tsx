import { ActionIcon, Button, Popover, Stack, Text, Tooltip } from '@mantine/core';
import type { Me } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { meRead } from '../api/me';
import { SignOutIcon, UserIcon } from '../elements/icons';

function Who({ workspace, actor, name, email, permissions }: Me) {
  return (
    <div>
      <Text fw={600} truncate>
        {name ?? email ?? actor}
      </Text>
      {name !== null && email !== null && (
        <Text size="sm" truncate>
          {email}
        </Text>
      )}
      <Text size="sm" c="dimmed" truncate>
        Workspace {workspace}
      </Text>
      {permissions.length === 0 && <Text size="sm">Nobody has granted you anything here yet.</Text>}
    </div>
  );
}

/** Who is signed in, and the way out. */
export function UserMenu({ onSignOut }: { onSignOut: () => void }) {
  const { data: me } = useQuery(meRead());
  return (
    <Popover position="bottom-end" width={260} trapFocus>
      <Popover.Target>
        <Tooltip label="Account">
          <ActionIcon variant="subtle" color="gray" aria-label="Account">
            <UserIcon />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Account">
        <Stack gap="sm">
          {me !== undefined && <Who {...me} />}
          <Button variant="default" leftSection={<SignOutIcon />} onClick={onSignOut}>
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
