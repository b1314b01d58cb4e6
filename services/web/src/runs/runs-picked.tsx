import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { removeTag, setLifecycle, setTag } from '../api/commands';
import { formatCount } from '../elements/format';
import { Failure } from '../elements/notice';
import { TagForm } from '../elements/tag-form';
import { offerUndo } from '../elements/undo';
import { useDeletionRefusal } from '../retention/use-deletion-refusal';
import { type FoundRun, tagOf } from './run-columns';
import classes from './runs-table.module.css';

type Tag = Readonly<{ key: string; value: string }>;
type PickedParts = Readonly<{ picked: readonly FoundRun[]; areDeleted: boolean; onNone: () => void }>;

const idsOf = (runs: readonly FoundRun[]): string[] => runs.map(({ run }) => run);
const countOf = (runs: readonly unknown[]): string =>
  `${formatCount(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`;

/** Gives each run back the value that it had. */
async function untag(runs: readonly FoundRun[], key: string): Promise<void> {
  const byValue = Map.groupBy(runs, (run) => tagOf(run, key));
  for (const [value, those] of byValue)
    await (value === null ? removeTag(idsOf(those), key) : setTag(idsOf(those), { key, value }));
}

type ActionParts = PickedParts & Readonly<{ refusal: string | null }>;

function useActions({ picked, areDeleted, onNone, refusal }: ActionParts) {
  const queries = useQueryClient();
  const reread = () => queries.invalidateQueries({ queryKey: ['runs'] });
  const tagging = useMutation({
    mutationFn: async (tag: Tag) => {
      await setTag(idsOf(picked), tag);
      const undo = () => untag(picked, tag.key).then(reread);
      offerUndo({ said: `${countOf(picked)} tagged ${tag.key}: ${tag.value}`, undo });
      await reread();
    },
  });
  const moving = useMutation({
    mutationFn: async () => {
      await setLifecycle(idsOf(picked), areDeleted ? 'active' : 'deleted');
      const undo = () => setLifecycle(idsOf(picked), areDeleted ? 'deleted' : 'active').then(reread);
      // Who restores and may not delete cannot take it back.
      if (!areDeleted || refusal === null)
        offerUndo({ said: `${countOf(picked)} ${areDeleted ? 'restored' : 'deleted'}`, undo });
      onNone();
      await reread();
    },
    // A policy may have come in between.
    onError: () => queries.invalidateQueries({ queryKey: ['retention'] }),
  });
  return { tagging, moving };
}

/** What can be done with the runs that were picked. */
export function RunsPicked(parts: PickedParts) {
  const { picked, areDeleted, onNone } = parts;
  const refusal = useDeletionRefusal([...new Set(picked.map(({ project }) => project))]);
  const explained = useId();
  const { tagging, moving } = useActions({ ...parts, refusal });
  const isRefused = !areDeleted && refusal !== null;
  const error = tagging.error ?? moving.error;
  return (
    <section className={classes.picked} aria-label="Picked runs">
      <Group gap="sm">
        <Text size="sm" fw={600} role="status">
          {formatCount(picked.length)} picked
        </Text>
        <Button
          size="xs"
          renderRoot={(props: object) => <Link {...props} to="/compare" search={{ runs: idsOf(picked) }} />}
          data-disabled={picked.length < 2}
          aria-disabled={picked.length < 2}
        >
          Compare
        </Button>
        <TagForm busy={tagging.isPending} onTag={tagging.mutateAsync} />
        <Button
          size="xs"
          variant="default"
          loading={moving.isPending}
          disabled={isRefused}
          title={isRefused ? refusal : undefined}
          aria-describedby={isRefused ? explained : undefined}
          onClick={() => moving.mutate()}
        >
          {areDeleted ? 'Restore' : 'Delete'}
        </Button>
        <Button size="xs" variant="subtle" onClick={onNone}>
          Pick none
        </Button>
        {isRefused && (
          <Text size="sm" c="dimmed" id={explained}>
            Not to be deleted: {refusal}
          </Text>
        )}
      </Group>
      {error !== null && <Failure error={error} />}
    </section>
  );
}
