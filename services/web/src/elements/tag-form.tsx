import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { readTag } from './read-tag';

type FormParts = Readonly<{ busy: boolean; onTag: (tag: { key: string; value: string }) => Promise<unknown> }>;

/** One tag, as `key: value`. */
export function TagForm({ busy, onTag }: FormParts) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const tag = readTag(text);
    if (tag !== null)
      void onTag(tag).then(
        () => setText(''),
        () => undefined, // told beside the form
      );
  };
  return (
    <form onSubmit={submit}>
      <Group gap={4} wrap="nowrap">
        <TextInput
          size="xs"
          w={150}
          aria-label="Tag"
          placeholder="key: value"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button size="xs" variant="default" type="submit" loading={busy} disabled={readTag(text) === null}>
          Tag
        </Button>
      </Group>
    </form>
  );
}
