import { CloseButton, Group } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { removeTag, setTag } from '../api/commands';
import { runRead } from '../api/reads';
import { Failure } from '../elements/notice';
import { TagForm } from '../elements/tag-form';
import classes from '../elements/tag-marks.module.css';
import { offerUndo } from '../elements/undo';

type Tag = Readonly<{ key: string; value: string }>;
/** A tag as it shall be; null: away. */
type Change = Readonly<{ key: string; to: string | null }>;

/** Tags of a run, to add, change and take away, each with its undo. */
export function RunTags({ run, tags }: { run: string; tags: RunAnswer['tags'] }) {
  const queries = useQueryClient();
  const become = async ({ key, to }: Change): Promise<void> => {
    await (to === null ? removeTag([run], key) : setTag([run], { key, value: to }));
    await queries.invalidateQueries({ queryKey: runRead(run).queryKey });
  };
  const changing = useMutation({
    mutationFn: async (change: Change) => {
      const before = tags.find(({ key }) => key === change.key)?.value ?? null;
      await become(change);
      const said = change.to === null ? `Tag ${change.key} is removed` : `Tag ${change.key} is ${change.to}`;
      offerUndo({ said, undo: () => become({ key: change.key, to: before }) });
    },
  });
  return (
    <>
      <Group gap={4} mb="xs">
        {tags.map(({ key, value }: Tag) => (
          <span key={key} className={classes.tag} title={`${key}: ${value}`}>
            <span className={classes.key}>{key}</span> {value}
            <CloseButton
              size={16}
              ml={4}
              aria-label={`Remove tag ${key}`}
              onClick={() => changing.mutate({ key, to: null })}
            />
          </span>
        ))}
      </Group>
      <TagForm busy={changing.isPending} onTag={({ key, value }) => changing.mutateAsync({ key, to: value })} />
      {changing.error !== null && <Failure error={changing.error} />}
    </>
  );
}
