import { Button, Group, Text, Textarea, Title } from '@mantine/core';
import type { CommentAnswer, CommentTarget } from '@runledger/contracts/http';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Failure, Pending } from '../elements/notice';
import { offerUndo } from '../elements/undo';
import { When } from '../elements/when';
import { type CommentDraft, commentsRead, deleteComment, writeComment } from './comment-api';
import classes from './comments.module.css';

const Markdown = lazy(async () => ({ default: (await import('../notes/markdown')).Markdown }));

function useCommentActions() {
  const queries = useQueryClient();
  const reread = () => queries.invalidateQueries({ queryKey: ['comments'] });
  const writing = useMutation({ mutationFn: (draft: CommentDraft) => writeComment(draft), onSuccess: reread });
  const deleting = useMutation({
    mutationFn: async ({ comment, about, text }: CommentAnswer) => {
      await deleteComment(comment);
      const undo = async (): Promise<void> => {
        await writeComment({ comment, about, text });
        await reread();
      };
      offerUndo({ said: 'The comment is deleted', undo });
      await reread();
    },
  });
  return { writing, deleting };
}

type FormParts = Readonly<{
  label: string;
  text: string;
  isBusy: boolean;
  onText: (text: string) => void;
  onCancel?: () => void;
}>;

function CommentForm({ label, text: begins, isBusy, onText, onCancel }: FormParts) {
  const [text, setText] = useState(begins);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    onText(text);
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        aria-label={label}
        placeholder="Markdown; @name tells that person; Ctrl+Enter sends"
        autosize
        minRows={2}
        maxRows={12}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      <Group gap="xs" mt={6}>
        <Button size="xs" type="submit" loading={isBusy} disabled={text.trim() === ''}>
          {onCancel === undefined ? 'Comment' : 'Save'}
        </Button>
        {onCancel !== undefined && (
          <Button size="xs" variant="subtle" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </Group>
    </form>
  );
}

/** Between a first decision and its place in the journal. */
const MOMENT_MS = 1_000;

function Said({ comment, actions }: { comment: CommentAnswer; actions: ReturnType<typeof useCommentActions> }) {
  const [edits, setEdits] = useState(false);
  const { about, author, text, writtenAt, changedAt } = comment;
  const isChanged = writtenAt !== null && Date.parse(changedAt) - Date.parse(writtenAt) > MOMENT_MS;
  const rewrite = (words: string): void =>
    actions.writing.mutate({ comment: comment.comment, about, text: words }, { onSuccess: () => setEdits(false) });
  return (
    <li className={classes.comment}>
      <Group gap="xs">
        <Text span size="sm" fw={600}>
          {author}
        </Text>
        <Text span size="xs" c="dimmed">
          <When at={writtenAt ?? changedAt} />
          {about.kind === 'chart' && ` on chart ${about.metric}`}
          {about.kind === 'version' && ` on version ${about.version}`}
          {isChanged && ` (changed by ${comment.changedBy})`}
        </Text>
      </Group>
      {edits ? (
        <CommentForm
          label="Comment, in other words"
          text={text}
          isBusy={actions.writing.isPending}
          onText={rewrite}
          onCancel={() => setEdits(false)}
        />
      ) : (
        <>
          <Suspense fallback={<Text size="sm">{text}</Text>}>
            <Markdown text={text} />
          </Suspense>
          <Group gap={4}>
            <Button size="compact-xs" variant="subtle" onClick={() => setEdits(true)}>
              Edit
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={() => actions.deleting.mutate(comment)}>
              Delete
            </Button>
          </Group>
        </>
      )}
    </li>
  );
}

type CommentsParts = Readonly<{
  about: CommentTarget;
  /** What a new comment is about, where it can be chosen; else the same. */
  to?: CommentTarget;
  choice?: ReactNode;
}>;

/** What people say to each other of something, the newest first. */
export function Comments({ about, to = about, choice }: CommentsParts) {
  const heading = useId();
  const read = useInfiniteQuery(commentsRead(about));
  const actions = useCommentActions();
  const comments = read.data?.pages.flatMap((page) => page.comments);
  const error = actions.writing.error ?? actions.deleting.error;
  return (
    <section aria-labelledby={heading} className={classes.comments}>
      <Title order={2} id={heading} mb="xs">
        Comments
      </Title>
      {choice}
      <CommentForm
        label="New comment"
        text=""
        isBusy={actions.writing.isPending}
        onText={(text) => actions.writing.mutate({ about: to, text })}
      />
      {error !== null && <Failure error={error} />}
      <Pending read={read} rows={2} />
      {comments?.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          Nobody has said anything yet.
        </Text>
      )}
      <ol className={classes.list}>
        {comments?.map((comment) => (
          <Said key={comment.comment} comment={comment} actions={actions} />
        ))}
      </ol>
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </section>
  );
}
