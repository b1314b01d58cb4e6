import { Alert, Button, Group, Text, TextInput } from '@mantine/core';
import type { BoardAnswer, BoardPanel } from '@runledger/contracts/http';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../api/live';
import { Comments } from '../comments/comments';
import { CopyLink } from '../elements/copy-link';
import { Dialog } from '../elements/dialog';
import { Empty, Failure, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll } from '../elements/sheet';
import { offerUndo } from '../elements/undo';
import { When } from '../elements/when';
import { LIMITS } from './arrange-panels';
import { boardRead, deleteBoard, saveBoard } from './board-api';
import { BoardGrid } from './board-grid';
import { BoardHistory } from './board-history';
import { newPanel, PANEL_KINDS } from './new-panel';
import { PanelForm } from './panel-form';

const ABOVE = [{ label: 'Reports', to: '/boards' }];

/** Saves what was made of a board, and shows it wherever it stands. */
function useSave(board: BoardAnswer) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (draft: Pick<BoardAnswer, 'name' | 'panels'>) => {
      const saved = await saveBoard({ ...draft, board: board.board, form: board.form, over: board.number });
      queries.setQueryData(boardRead(board.board).queryKey, saved);
      await queries.invalidateQueries({ queryKey: ['boards'] });
    },
  });
}

/** The board as it is being put together: nothing is saved before somebody says so. */
function Editor({ board, onDone }: { board: BoardAnswer; onDone: () => void }) {
  const [name, setName] = useState(board.name);
  const [panels, setPanels] = useState<readonly BoardPanel[]>(board.panels);
  const [edited, setEdited] = useState<BoardPanel | null>(null);
  // What was seen when it began: whoever saves meanwhile is not saved over.
  const [begun] = useState(board);
  const saving = useSave(begun);
  const use = (panel: BoardPanel): void => {
    const isNew = panels.every((one) => one.panel !== panel.panel);
    setPanels(isNew ? [...panels, panel] : panels.map((one) => (one.panel === panel.panel ? panel : one)));
    setEdited(null);
  };
  return (
    <>
      <Group gap="xs" mb="md" align="end">
        <TextInput
          size="xs"
          aria-label="Name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {PANEL_KINDS.map(({ kind, label }) => (
          <Button
            key={kind}
            size="xs"
            variant="default"
            disabled={panels.length >= LIMITS.panels}
            onClick={() => setEdited(newPanel(kind, board.form))}
          >
            {label}
          </Button>
        ))}
        <Button
          size="xs"
          loading={saving.isPending}
          disabled={name.trim() === ''}
          onClick={() => saving.mutate({ name: name.trim(), panels: [...panels] }, { onSuccess: onDone })}
        >
          Save
        </Button>
        <Button size="xs" variant="subtle" onClick={onDone}>
          Cancel
        </Button>
      </Group>
      {saving.error !== null && <Failure error={saving.error} />}
      {panels.length === 0 && <Empty title="Add a first panel" />}
      <BoardGrid
        form={board.form}
        panels={panels}
        arranging={{
          onArrange: setPanels,
          onEdit: setEdited,
          onRemove: ({ panel }) => setPanels(panels.filter((one) => one.panel !== panel)),
        }}
      />
      {edited !== null && (
        <Dialog title="Panel" onClose={() => setEdited(null)}>
          <PanelForm panel={edited} onDone={use} onCancel={() => setEdited(null)} />
        </Dialog>
      )}
    </>
  );
}

function Actions({ board, onEdit }: { board: BoardAnswer; onEdit: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [wantsHistory, setWants] = useState(false);
  const deleting = useMutation({
    mutationFn: async () => {
      await deleteBoard(board.board);
      const { form, name, panels } = board;
      const undo = async (): Promise<void> => {
        await saveBoard({ board: board.board, form, name, panels });
        await queries.invalidateQueries({ queryKey: ['boards'] });
      };
      offerUndo({ said: `${name} is deleted`, undo });
      await queries.invalidateQueries({ queryKey: ['boards'] });
      await navigate({ to: '/boards' });
    },
  });
  return (
    <>
      {deleting.error !== null && <Text size="xs">{deleting.error.message}</Text>}
      <Button size="xs" onClick={onEdit}>
        Edit
      </Button>
      <CopyLink />
      <Button size="xs" variant="default" onClick={() => setWants(true)}>
        Versions
      </Button>
      <Button size="xs" variant="default" onClick={() => deleting.mutate()}>
        Delete
      </Button>
      {wantsHistory && <BoardHistory board={board.board} onClose={() => setWants(false)} />}
    </>
  );
}

function Old({ board }: { board: BoardAnswer }) {
  const navigate = useNavigate();
  const now = useQuery(boardRead(board.board)).data;
  const saving = useSave(now ?? board);
  const restore = (): void =>
    saving.mutate(
      { name: board.name, panels: board.panels },
      { onSuccess: () => void navigate({ to: `/boards/${encodeURIComponent(board.board)}` }) },
    );
  return (
    <Alert color="blue" variant="outline" mb="md" title={`Version ${board.number}, as it was saved by ${board.actor}`}>
      <Group gap="sm">
        <Text size="sm">
          It held from <When at={board.since} />
          {board.until !== null && (
            <>
              {' '}
              to <When at={board.until} />
            </>
          )}
          .
        </Text>
        <Button size="compact-xs" variant="default" loading={saving.isPending} onClick={restore}>
          Restore this version
        </Button>
      </Group>
      {saving.error !== null && <Failure error={saving.error} />}
    </Alert>
  );
}

function Shown({ board, number }: { board: BoardAnswer; number: number | null }) {
  return (
    <>
      {number !== null && <Old board={board} />}
      {board.panels.length === 0 && <Empty title="Nothing is on it yet: edit it to add panels" />}
      <BoardGrid form={board.form} panels={board.panels} arranging={null} />
      <Comments about={{ kind: 'board', id: board.board }} />
    </>
  );
}

/** A dashboard or a report: as it is now and live, or as it was saved once. */
export function BoardPage({ board, number }: { board: string; number: number | null }) {
  useLive({}, [['board-runs'], ['board-curves']], { spacing: 2_000 });
  const read = useQuery(boardRead(board, number));
  const [edits, setEdits] = useState(false);
  const { data } = read;
  const mayEdit = number === null && !edits;
  return (
    <>
      <PageHead title={data?.name ?? 'Report'} above={ABOVE}>
        {data !== undefined && mayEdit && <Actions board={data} onEdit={() => setEdits(true)} />}
      </PageHead>
      <Scroll>
        {data === undefined && <Pending read={read} />}
        {data !== undefined &&
          (edits ? <Editor board={data} onDone={() => setEdits(false)} /> : <Shown board={data} number={number} />)}
      </Scroll>
    </>
  );
}
