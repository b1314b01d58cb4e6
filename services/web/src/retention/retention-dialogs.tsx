import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../elements/form-dialog';
import { Preview } from './preview';
import { type Deleters, type Kept, keepFor, letDelete } from './retention-reads';
import { DELETERS, KINDS, NAMES, type Named } from './said';

const HINTS: Readonly<Record<Named, string>> = {
  points: 'days after the end of a run; empty: for ever',
  artifacts: 'days after the end of a run; empty: for ever',
  lock: 'days from when they are stored, in which nobody can take them away; empty: none',
};

type DialogParts = Readonly<{ project: string; title: string; onClose: () => void }>;
type Draft = Readonly<Record<Named, string>>;

const draftOf = (kept: Kept): Draft => ({
  points: String(kept.points ?? ''),
  artifacts: String(kept.artifacts ?? ''),
  lock: String(kept.lock ?? ''),
});

const daysIn = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const areDays = (draft: Draft): boolean =>
  KINDS.every((what) => {
    const days = daysIn(draft[what]);
    return days === null || (Number.isFinite(days) && days >= 0);
  });

function Grounds({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      label="On what grounds"
      description="For example a rule. It stays in the record, so name nobody."
      required
      withAsterisk={false}
      maxLength={200}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** How long a project keeps what its runs have logged. `kept` is what the form begins with, `was` what was said last. */
export function KeptDialog({ project, title, kept, was, onClose }: DialogParts & Readonly<{ kept: Kept; was: Kept }>) {
  const [draft, setDraft] = useState(draftOf(kept));
  const [reference, setReference] = useState('');
  const said: Kept = { points: daysIn(draft.points), artifacts: daysIn(draft.artifacts), lock: daysIn(draft.lock) };
  return (
    <FormDialog
      title={title}
      action="Say so"
      changes={['retention', project]}
      isReady={areDays(draft) && reference.trim() !== ''}
      send={() => keepFor(project, said, was, reference.trim())}
      onClose={onClose}
    >
      {KINDS.map((what) => (
        <TextInput
          key={what}
          label={NAMES[what]}
          description={HINTS[what]}
          inputMode="decimal"
          value={draft[what]}
          onChange={(event) => setDraft({ ...draft, [what]: event.currentTarget.value })}
        />
      ))}
      {areDays(draft) && <Preview project={project} said={said} was={was} />}
      <Grounds value={reference} onChange={setReference} />
      <Text size="sm" c="dimmed">
        What is kept for longer holds at once. What is kept for less, or locked for longer, holds a while later: until
        then this page says from when, and of how many runs it takes something, and lets you take it back. What has gone
        does not come back.
      </Text>
    </FormDialog>
  );
}

/** Who may delete in a project. */
export function DeletersDialog({ project, title, deleters, onClose }: DialogParts & Readonly<{ deleters: Deleters }>) {
  const [chosen, setChosen] = useState(deleters);
  const [reference, setReference] = useState('');
  const names = Object.entries(DELETERS).map(([value, label]) => ({ value, label }));
  return (
    <FormDialog
      title={title}
      action="Say so"
      changes={['retention', project]}
      isReady={reference.trim() !== ''}
      send={() => letDelete(project, chosen, reference.trim())}
      onClose={onClose}
    >
      <NativeSelect
        label="Who may delete"
        data={names}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value as Deleters)}
      />
      <Grounds value={reference} onChange={setReference} />
      <Text size="sm" c="dimmed">
        Runs, artifacts, experiments, models and versions that come from runs of this project. Fewer people hold at
        once; more hold a while later, and only somebody says so who may delete then.
      </Text>
    </FormDialog>
  );
}
