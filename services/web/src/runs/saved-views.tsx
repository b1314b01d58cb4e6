import { Button, Divider, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { ViewAnswer } from '@runledger/contracts/http';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { deleteView, saveView, type ViewDraft } from '../api/commands';
import { viewsRead } from '../api/reads';
import { BookmarkIcon } from '../elements/icons';
import { Failure, Pending } from '../elements/notice';
import { offerUndo } from '../elements/undo';
import classes from './saved-views.module.css';
import type { TableState } from './table-state';

type ViewsParts = Readonly<{
  experiment: string;
  /** The view that is shown, as it was when it was chosen. */
  state: TableState;
  /** The table as it stands, as the part of an address behind the question mark. */
  search: string;
  onView: (view: ViewAnswer | null) => void;
}>;

function useViewActions({ experiment, onView }: ViewsParts) {
  const queries = useQueryClient();
  const reread = () => queries.invalidateQueries({ queryKey: viewsRead(experiment).queryKey });
  const saving = useMutation({
    mutationFn: (draft: ViewDraft) => saveView(draft),
    onSuccess: async (view) => {
      onView(view);
      await reread();
    },
  });
  const deleting = useMutation({
    mutationFn: async (view: ViewAnswer) => {
      await deleteView(view);
      const { name, search } = view;
      const undo = () => saveView({ view: view.view, experiment, name, search }).then(reread);
      offerUndo({ said: `View ${name} is deleted`, undo });
      onView(null);
      await reread();
    },
  });
  return { saving, deleting };
}

function NewView({ busy, onName }: { busy: boolean; onName: (name: string) => void }) {
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    onName(name.trim());
    setName('');
  };
  return (
    <form onSubmit={submit}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          aria-label="Name of the view"
          placeholder="Name of the view"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" loading={busy} disabled={name.trim() === ''}>
          Save view
        </Button>
      </Group>
    </form>
  );
}

function Current({
  view,
  parts,
  actions,
}: {
  view: ViewAnswer;
  parts: ViewsParts;
  actions: ReturnType<typeof useViewActions>;
}) {
  const { copied, copy } = useClipboard();
  const { experiment, search } = parts;
  const link = `${location.origin}/experiments/${encodeURIComponent(experiment)}?view=${encodeURIComponent(view.view)}`;
  return (
    <Group gap={4}>
      <Button size="compact-xs" variant="default" onClick={() => copy(link)}>
        {copied ? 'Copied' : 'Copy link to view'}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => actions.saving.mutate({ view: view.view, experiment, name: view.name, search })}
      >
        Save changes
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => actions.deleting.mutate(view)}>
        Delete view
      </Button>
    </Group>
  );
}

function Choice(parts: ViewsParts) {
  const { experiment, state, search, onView } = parts;
  const read = useQuery(viewsRead(experiment));
  const actions = useViewActions(parts);
  const error = actions.saving.error ?? actions.deleting.error;
  const current = read.data?.views.find(({ view }) => view === state.view);
  return (
    <Stack gap="xs">
      <Pending read={read} rows={2} />
      {read.data?.views.length === 0 && (
        <Text size="xs" c="dimmed">
          A view keeps filter, order and columns under a name, for everybody.
        </Text>
      )}
      <ul className={classes.list} aria-label="Saved views">
        {read.data?.views.map((view) => (
          <li key={view.view}>
            <button
              type="button"
              className={classes.view}
              aria-current={view.view === state.view || undefined}
              onClick={() => onView(view)}
            >
              {view.name}
            </button>
          </li>
        ))}
      </ul>
      {current !== undefined && <Current view={current} parts={parts} actions={actions} />}
      <Divider />
      <NewView busy={actions.saving.isPending} onName={(name) => actions.saving.mutate({ experiment, name, search })} />
      {error !== null && <Failure error={error} />}
    </Stack>
  );
}

/** Views of these runs that people have saved under a name. */
export function SavedViews(parts: ViewsParts) {
  return (
    <Popover position="bottom-end" shadow="md" trapFocus width={300}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<BookmarkIcon size={15} />}>
          Views
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Views">
        <Choice {...parts} />
      </Popover.Dropdown>
    </Popover>
  );
}
