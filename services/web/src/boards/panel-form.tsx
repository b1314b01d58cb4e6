import { Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import type { BoardPanel } from '@runledger/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { experimentsRead, metricNamesRead, viewsRead } from '../api/reads';
import { type RunsContent, searchOf, tableOf } from './panel-search';

type Content = BoardPanel['content'];
type ContentParts<C extends Content> = Readonly<{ content: C; onContent: (content: C) => void }>;

function ExperimentChoice({ content, onContent }: ContentParts<RunsContent>) {
  const read = useInfiniteQuery(experimentsRead());
  const experiments = read.data?.pages.flatMap((page) => page.experiments) ?? [];
  return (
    <NativeSelect
      label="Experiment"
      value={content.experiment}
      onChange={(event) => onContent({ ...content, experiment: event.currentTarget.value, view: null })}
      data={experiments.map(({ experiment, name }) => ({ value: experiment, label: name }))}
    />
  );
}

/** A saved view, or a filter and an order of the panel's own. */
function SearchChoice({ content, onContent }: ContentParts<RunsContent>) {
  const views = useQuery({ ...viewsRead(content.experiment), enabled: content.experiment !== '' }).data?.views ?? [];
  const table = tableOf(content.search);
  const change = (next: Partial<typeof table>): void =>
    onContent({ ...content, search: searchOf({ ...table, ...next }) });
  return (
    <>
      <NativeSelect
        label="Saved view"
        value={content.view ?? ''}
        onChange={(event) => onContent({ ...content, view: event.currentTarget.value || null })}
        data={[{ value: '', label: 'none' }, ...views.map(({ view, name }) => ({ value: view, label: name }))]}
      />
      {content.view === null && (
        <>
          <TextInput
            label="Filter"
            placeholder="metrics.loss.min < 0.1 AND params.lr = '0.01'"
            value={table.filter}
            onChange={(event) => change({ filter: event.currentTarget.value })}
          />
          <TextInput
            label="Order by a column"
            description="such as -metrics.accuracy; a minus before it: the greatest first"
            value={table.sort}
            onChange={(event) => change({ sort: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}

function MetricChoice({ content, onContent }: ContentParts<Extract<Content, { kind: 'curves' }>>) {
  const list = useId();
  const names = useQuery({
    ...metricNamesRead(content.experiment, content.metric),
    enabled: content.experiment !== '',
  }).data?.names;
  return (
    <>
      <TextInput
        required
        label="Metric"
        list={list}
        value={content.metric}
        onChange={(event) => onContent({ ...content, metric: event.currentTarget.value })}
      />
      <datalist id={list}>
        {names?.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function Frozen({ content, onContent }: ContentParts<RunsContent>) {
  const { asOf = null } = content;
  return (
    <Checkbox
      label="Freeze as it stands now"
      description={asOf === null ? 'else it is live' : `as of ${asOf}`}
      checked={asOf !== null}
      onChange={(event) =>
        onContent({ ...content, asOf: event.currentTarget.checked ? new Date().toISOString() : null })
      }
    />
  );
}

function RunsFields({ content, onContent }: ContentParts<RunsContent>) {
  return (
    <>
      <ExperimentChoice content={content} onContent={onContent} />
      {content.kind === 'curves' && <MetricChoice content={content} onContent={onContent} />}
      <SearchChoice content={content} onContent={onContent} />
      <NumberInput
        label="Runs at most"
        min={1}
        max={content.kind === 'curves' ? 50 : 100}
        value={content.most}
        onChange={(most) => typeof most === 'number' && onContent({ ...content, most })}
      />
      <Frozen content={content} onContent={onContent} />
    </>
  );
}

type FormParts = Readonly<{ panel: BoardPanel; onDone: (panel: BoardPanel) => void; onCancel: () => void }>;

/** What a panel shows. */
export function PanelForm({ panel, onDone, onCancel }: FormParts) {
  const [title, setTitle] = useState(panel.title);
  const [content, setContent] = useState(panel.content);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onDone({ ...panel, title: title.trim(), content });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Title"
          data-autofocus
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        {content.kind === 'text' ? (
          <Textarea
            label="Text, in markdown"
            autosize
            minRows={4}
            maxRows={16}
            value={content.markdown}
            onChange={(event) => setContent({ kind: 'text', markdown: event.currentTarget.value })}
          />
        ) : (
          <RunsFields content={content} onContent={setContent} />
        )}
        <Group gap="xs">
          <Button size="xs" type="submit">
            Use it
          </Button>
          <Button size="xs" variant="subtle" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
