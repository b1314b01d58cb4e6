import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import type { ModelInventoryAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { enterInventory, type InventoryDraft, modelInventoryRead } from '../api/governance';
import { FormDialog } from '../elements/form-dialog';
import { Pending } from '../elements/notice';
import { When } from '../elements/when';
import { Card, Facts } from '../run/run-facts';
import { ReviewMark } from './review-mark';

type Entry = ModelInventoryAnswer['entry'];

const LABELS = { owner: 'Owner', tier: 'Tier', validator: 'Validator' } as const;

function InventoryDialog({ model, entry, onClose }: { model: string; entry: Entry; onClose: () => void }) {
  const [draft, setDraft] = useState<InventoryDraft>({
    model,
    owner: entry?.owner ?? '',
    tier: entry?.tier ?? '',
    validator: entry?.validator ?? '',
    purpose: entry?.purpose ?? '',
    reviewBy: entry?.reviewBy ?? null,
  });
  const change = (more: Partial<InventoryDraft>): void => setDraft({ ...draft, ...more });
  return (
    <FormDialog
      title="What the inventory says"
      action="Save"
      changes={['model', model]}
      isReady
      send={() => enterInventory(draft)}
      onClose={onClose}
    >
      {(['owner', 'tier', 'validator'] as const).map((member) => (
        <TextInput
          key={member}
          label={LABELS[member]}
          value={draft[member]}
          onChange={(event) => change({ [member]: event.currentTarget.value })}
        />
      ))}
      <Textarea
        label="Purpose"
        autosize
        minRows={2}
        value={draft.purpose}
        onChange={(event) => change({ purpose: event.currentTarget.value })}
      />
      <TextInput
        label="Review by"
        type="date"
        value={draft.reviewBy ?? ''}
        onChange={(event) => change({ reviewBy: event.currentTarget.value || null })}
      />
    </FormDialog>
  );
}

/** Who answers for a model. */
export function ModelInventory({ model }: { model: string }) {
  const read = useQuery(modelInventoryRead(model));
  const [edits, setEdits] = useState(false);
  if (read.data === undefined) return <Pending read={read} rows={2} />;
  const { entry } = read.data;
  return (
    <Card title="Inventory">
      {entry === null ? (
        <Text size="sm" c="dimmed">
          Nobody has entered who answers for this model.
        </Text>
      ) : (
        <Facts
          facts={[
            ['Owner', entry.owner],
            ['Tier', entry.tier],
            ['Validator', entry.validator],
            ['Purpose', entry.purpose],
            ['Review by', entry.reviewBy !== null && <ReviewMark key="review" of={entry} />],
            [
              'Entered',
              <span key="entered">
                <When at={entry.updatedAt} /> by {entry.updatedBy}
              </span>,
            ],
          ]}
        />
      )}
      <Group mt="sm">
        <Button size="compact-sm" variant="default" onClick={() => setEdits(true)}>
          {entry === null ? 'Enter it' : 'Edit inventory'}
        </Button>
      </Group>
      {edits && <InventoryDialog model={model} entry={entry} onClose={() => setEdits(false)} />}
    </Card>
  );
}
