import { Button, Group, Text, Textarea } from '@mantine/core';
import type { NoteAnswer } from '@runledger/contracts/http';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { writeNote } from '../api/commands';
import { noteHistoryRead, noteRead } from '../api/reads';
import { Failure, Pending } from '../elements/notice';
import { offerUndo } from '../elements/undo';
import { When } from '../elements/when';
import classes from './run-note.module.css';

const Markdown = lazy(async () => ({ default: (await import('./markdown')).Markdown }));
const Shown = ({ text }: { text: string }) => (
  <Suspense fallback={<Text size="sm">{text}</Text>}>
    <Markdown text={text} />
  </Suspense>
);

/** Writes a note, and shows it wherever it stands. */
function useWriteNote(run: string) {
  const queries = useQueryClient();
  const write = async (text: string, over: number): Promise<NoteAnswer> => {
    const note = await writeNote(run, text, over);
    queries.setQueryData(noteRead(run).queryKey, note);
    await queries.invalidateQueries({ queryKey: noteHistoryRead(run).queryKey });
    return note;
  };
  return useMutation({
    mutationFn: ({ text, note }: { text: string; note: NoteAnswer }) => write(text, note.number),
    onSuccess: (written, { note }) =>
      offerUndo({
        said: 'The note is written',
        undo: async () => void (await write(note.text, written.number)),
      }),
  });
}

function Editor({ note, onDone }: { note: NoteAnswer; onDone: () => void }) {
  const [text, setText] = useState(note.text);
  const writing = useWriteNote(note.run);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    writing.mutate({ text, note }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        aria-label="Note, in markdown"
        autosize
        minRows={4}
        maxRows={24}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          if (event.key === 'Escape') onDone();
        }}
      />
      {text.trim() !== '' && (
        <section aria-label="Preview" className={classes.preview}>
          <Shown text={text} />
        </section>
      )}
      {writing.error !== null && <Failure error={writing.error} />}
      <Group gap="xs" mt="xs">
        <Button size="xs" type="submit" loading={writing.isPending}>
          Save note
        </Button>
        <Button size="xs" variant="subtle" onClick={onDone}>
          Cancel
        </Button>
        <Text size="xs" c="dimmed">
          Markdown; Ctrl+Enter saves
        </Text>
      </Group>
    </form>
  );
}

function History({ note }: { note: NoteAnswer }) {
  const read = useQuery(noteHistoryRead(note.run));
  const writing = useWriteNote(note.run);
  if (read.data === undefined) return <Pending read={read} rows={2} />;
  return (
    <ol className={classes.history}>
      {read.data.history.map(({ number, since, actor, text }) => (
        <li key={number}>
          <Group gap="xs">
            <When at={since} />
            <Text span size="xs" c="dimmed">
              by {actor}
            </Text>
            {number !== note.number && (
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Restore text ${number}`}
                onClick={() => writing.mutate({ text, note })}
              >
                Restore
              </Button>
            )}
          </Group>
          <pre className={classes.text}>{text === '' ? '(taken away)' : text}</pre>
        </li>
      ))}
    </ol>
  );
}

function Written({ note, onEdit }: { note: NoteAnswer; onEdit: () => void }) {
  const [wantsHistory, setWants] = useState(false);
  return (
    <>
      {note.text === '' ? (
        <Text size="sm" c="dimmed">
          Nobody has said anything of this run.
        </Text>
      ) : (
        <Shown text={note.text} />
      )}
      <Group gap="xs" mt="sm">
        <Button size="compact-sm" variant="default" onClick={onEdit}>
          {note.text === '' ? 'Write a note' : 'Edit note'}
        </Button>
        {note.number > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={wantsHistory}
            onClick={() => setWants(!wantsHistory)}
          >
            History
          </Button>
        )}
        {note.writtenAt !== null && (
          <Text size="xs" c="dimmed">
            <When at={note.writtenAt} /> by {note.writtenBy}
          </Text>
        )}
      </Group>
      {wantsHistory && <History note={note} />}
    </>
  );
}

/** What people say of a run. */
export function RunNote({ run }: { run: string }) {
  const read = useQuery(noteRead(run));
  const [edits, setEdits] = useState(false);
  const { data } = read;
  if (data === undefined) return <Pending read={read} rows={2} />;
  return edits ? (
    <Editor note={data} onDone={() => setEdits(false)} />
  ) : (
    <Written note={data} onEdit={() => setEdits(true)} />
  );
}
