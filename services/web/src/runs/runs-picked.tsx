import { Button, Group, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { call } from '../api/api';
import { formatCount } from '../elements/format';
import { Failure } from '../elements/notice';
import classes from './runs-table.module.css';

const PER_CALL = 1_000;

/** `key: value` as people write a tag; a word alone is a tag that is set. */
function readTag(text: string): { key: string; value: string } | null {
  const [key = '', ...rest] = text.split(':');
  const value = rest.join(':').trim();
  return key.trim() === '' ? null : { key: key.trim(), value: value === '' ? 'true' : value };
}

async function tagRuns(runs: readonly string[], tag: { key: string; value: string }): Promise<void> {
  for (let from = 0; from < runs.length; from += PER_CALL) {
    const events = runs
      .slice(from, from + PER_CALL)
      .map((run) => ({ type: 'tags.set', subject: `run/${run}`, data: { tags: [tag] } }));
    await call('events', { method: 'POST', body: { events } });
  }
}

/** What can be done with the runs that were picked. */
export function RunsPicked({ picked, onNone }: { picked: readonly string[]; onNone: () => void }) {
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const tagging = useMutation({
    mutationFn: (tag: { key: string; value: string }) => tagRuns(picked, tag),
    onSuccess: async () => {
      setText('');
      await queries.invalidateQueries({ queryKey: ['runs'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const tag = readTag(text);
    if (tag !== null) tagging.mutate(tag);
  };
  return (
    <section className={classes.picked} aria-label="Picked runs">
      <Group gap="sm">
        <Text size="sm" fw={600} role="status">
          {formatCount(picked.length)} picked
        </Text>
        <Button
          size="xs"
          renderRoot={(props: object) => <Link {...props} to="/compare" search={{ runs: picked }} />}
          data-disabled={picked.length < 2}
        >
          Compare
        </Button>
        <form onSubmit={submit}>
          <Group gap={4}>
            <TextInput
              size="xs"
              w={150}
              aria-label="Tag"
              placeholder="key: value"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button size="xs" variant="default" type="submit" loading={tagging.isPending} disabled={text.trim() === ''}>
              Tag
            </Button>
          </Group>
        </form>
        <Button size="xs" variant="subtle" onClick={onNone}>
          Pick none
        </Button>
      </Group>
      {tagging.error !== null && <Failure error={tagging.error} />}
    </section>
  );
}
