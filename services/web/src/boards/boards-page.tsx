import { Anchor, Button, Group, NativeSelect, Table, Text, TextInput } from '@mantine/core';
import type { BoardAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Empty, Failure, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { boardsRead, saveBoard } from './board-api';

const FORMS = [
  { value: 'dashboard', label: 'Dashboard' },
  { value: 'report', label: 'Report' },
];

function NewBoard() {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [form, setForm] = useState<BoardAnswer['form']>('dashboard');
  const saving = useMutation({
    mutationFn: () => saveBoard({ form, name: name.trim(), panels: [] }),
    onSuccess: ({ board }) => void navigate({ to: `/boards/${encodeURIComponent(board)}` }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') saving.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="end">
        <TextInput
          size="xs"
          aria-label="Name"
          placeholder="Name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label="Form"
          value={form}
          onChange={(event) => setForm(event.currentTarget.value === 'report' ? 'report' : 'dashboard')}
          data={FORMS}
        />
        <Button size="xs" type="submit" loading={saving.isPending} disabled={name.trim() === ''}>
          Create
        </Button>
      </Group>
      {saving.error !== null && <Failure error={saving.error} />}
    </form>
  );
}

/** Dashboards and reports of the workspace. */
export function BoardsPage() {
  const read = useInfiniteQuery(boardsRead());
  const boards = read.data?.pages.flatMap((page) => page.boards).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  return (
    <>
      <PageHead title="Reports">
        <NewBoard />
      </PageHead>
      <Scroll>
        <Pending read={read} rows={3} />
        {boards?.length === 0 && (
          <Empty title="No dashboards or reports yet">
            <Text c="dimmed" ta="center" maw={520}>
              A dashboard shows runs and curves over saved searches, live. A report tells a story with them, and can
              keep them as they stood. Name one above.
            </Text>
          </Empty>
        )}
        {boards !== undefined && boards.length > 0 && (
          <Sheet title="Dashboards and reports" columns={['Name', 'Form', 'Panels', 'Saved', 'By', 'Version']}>
            {boards.map(({ board, name, form, panels, updatedAt, updatedBy, number }) => (
              <Table.Tr key={board}>
                <Table.Td>
                  <Anchor component={Link} to={`/boards/${encodeURIComponent(board)}`} size="sm" fw={550}>
                    {name}
                  </Anchor>
                </Table.Td>
                <Table.Td>{form}</Table.Td>
                <Table.Td>{panels}</Table.Td>
                <Table.Td>
                  <When at={updatedAt} />
                </Table.Td>
                <Table.Td>{updatedBy}</Table.Td>
                <Table.Td>{number}</Table.Td>
              </Table.Tr>
            ))}
          </Sheet>
        )}
        {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
      </Scroll>
    </>
  );
}
