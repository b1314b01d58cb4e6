import { ActionIcon, Group, VisuallyHidden } from '@mantine/core';
import type { BoardPanel } from '@runledger/contracts/http';
import { lazy, type PointerEvent, Suspense, useId, useState } from 'react';
import { Loading } from '../elements/notice';
import { arrangedByKey, COLUMNS, droppedPanel, resizedPanel } from './arrange-panels';
import classes from './boards.module.css';
import { PanelRuns } from './panel-runs';

const Markdown = lazy(async () => ({ default: (await import('../notes/markdown')).Markdown }));

/** In pixels; `boards.module.css` has the same. */
const ROW = 96;
const GAP = 12;

function Content({ content }: { content: BoardPanel['content'] }) {
  if (content.kind !== 'text') return <PanelRuns content={content} />;
  return (
    <Suspense fallback={<Loading rows={2} />}>
      <Markdown text={content.markdown} />
    </Suspense>
  );
}

export type Arranging = Readonly<{
  onArrange: (panels: readonly BoardPanel[]) => void;
  onEdit: (panel: BoardPanel) => void;
  onRemove: (panel: BoardPanel) => void;
}>;
type Dragging = Readonly<{ dragged: string | null; onDrag: (panel: string | null) => void }>;
type ToolParts = Readonly<{ one: BoardPanel; name: string; panels: readonly BoardPanel[]; arranging: Arranging }>;

function Tools({ one, name, panels, arranging, onDrag }: ToolParts & Pick<Dragging, 'onDrag'>) {
  const help = useId();
  return (
    <Group gap={2} wrap="nowrap" className={classes.tools}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        draggable
        className={classes.handle}
        aria-label={`Move ${name}`}
        aria-describedby={help}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', one.panel);
          onDrag(one.panel);
        }}
        onDragEnd={() => onDrag(null)}
        onKeyDown={(event) => {
          const next = arrangedByKey(panels, one.panel, event);
          if (next === null) return;
          event.preventDefault();
          arranging.onArrange(next);
        }}
      >
        ⠿
      </ActionIcon>
      <VisuallyHidden id={help}>Arrow keys move it, with Shift they size it</VisuallyHidden>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Edit ${name}`}
        onClick={() => arranging.onEdit(one)}
      >
        ✎
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Remove ${name}`}
        onClick={() => arranging.onRemove(one)}
      >
        ✕
      </ActionIcon>
    </Group>
  );
}

/** Sizes a panel as the pointer goes, by whole columns and rows. The handle's keys do the same. */
function Corner({ one, panels, arranging }: Omit<ToolParts, 'name'>) {
  const size = (event: PointerEvent<HTMLDivElement>): void => {
    const [panel, grid] = [event.currentTarget.parentElement, event.currentTarget.parentElement?.parentElement];
    if (event.buttons === 0 || panel === null || panel === undefined || grid === null || grid === undefined) return;
    const [box, all] = [panel.getBoundingClientRect(), grid.getBoundingClientRect()];
    const width = Math.max(1, ((event.clientX - box.left) / (all.width + GAP)) * COLUMNS);
    const height = (event.clientY - box.top + GAP) / (ROW + GAP);
    const next = resizedPanel(panels, one.panel, { width, height });
    if (next.some((now, at) => now.width !== panels[at]?.width || now.height !== panels[at]?.height))
      arranging.onArrange(next);
  };
  return (
    <div
      className={classes.corner}
      aria-hidden="true"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={size}
    />
  );
}

type PanelParts = Readonly<{ one: BoardPanel; at: number; panels: readonly BoardPanel[]; arranging: Arranging | null }>;

function Panel({ one, at, panels, arranging, dragged, onDrag }: PanelParts & Dragging) {
  const name = one.title === '' ? `panel ${at + 1}` : one.title;
  return (
    <section
      className={classes.panel}
      // Not the name alone: a chart in it may be called so.
      aria-label={`Panel ${name}`}
      data-dragged={dragged === one.panel || undefined}
      style={{ gridColumn: `span ${one.width}`, gridRow: `span ${one.height}` }}
      onDragOver={(event) => dragged !== null && event.preventDefault()}
      onDragEnter={(event) => event.currentTarget.setAttribute('data-over', '')}
      onDragLeave={(event) => {
        const within = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
        if (!within) event.currentTarget.removeAttribute('data-over');
      }}
      onDrop={(event) => {
        event.preventDefault();
        event.currentTarget.removeAttribute('data-over');
        if (dragged !== null) arranging?.onArrange(droppedPanel(panels, dragged, one.panel));
      }}
    >
      {(one.title !== '' || arranging !== null) && (
        <header className={classes.head}>
          <h2>{one.title}</h2>
          {arranging !== null && <Tools one={one} name={name} panels={panels} arranging={arranging} onDrag={onDrag} />}
        </header>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <div className={classes.content} tabIndex={0}>
        <Content content={one.content} />
      </div>
      {arranging !== null && <Corner one={one} panels={panels} arranging={arranging} />}
    </section>
  );
}

type GridParts = Readonly<{ form: 'dashboard' | 'report'; panels: readonly BoardPanel[]; arranging: Arranging | null }>;

/** Panels in the order of reading, in twelve columns. `arranging` is null where they are looked at only. */
export function BoardGrid({ form, panels, arranging }: GridParts) {
  const [dragged, setDragged] = useState<string | null>(null);
  return (
    <div className={classes.grid} data-form={form}>
      {panels.map((one, at) => (
        <Panel
          key={one.panel}
          one={one}
          at={at}
          panels={panels}
          arranging={arranging}
          dragged={dragged}
          onDrag={setDragged}
        />
      ))}
    </div>
  );
}
