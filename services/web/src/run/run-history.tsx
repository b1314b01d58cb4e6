import { Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { runHistoryRead } from '../api/reads';
import { changedMembers } from '../elements/changed-members';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import classes from './run-facts.module.css';

/** Every change of a run: who, before, and after. */
export function RunHistory({ run }: { run: string }) {
  const read = useInfiniteQuery(runHistoryRead(run));
  const changes = read.data?.pages.flatMap((page) => page.changes);
  return (
    <div className={classes.page}>
      <Sheet title="Changes" columns={['When', 'By', 'Changed', 'Before', 'After']}>
        {changes?.map((change, at) =>
          changedMembers(change).map(({ what, before, after }) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list grows at its end, and is read anew as a whole
            <Table.Tr key={`${at} ${what}`}>
              <Table.Td className={classes.whole}>
                <When at={change.recordedAt} />
              </Table.Td>
              <Table.Td className={classes.whole}>{change.actor}</Table.Td>
              <Table.Td className={classes.key}>{what}</Table.Td>
              <Table.Td className={classes.value}>{before}</Table.Td>
              <Table.Td className={classes.value}>{after}</Table.Td>
            </Table.Tr>
          )),
        )}
      </Sheet>
      <Pending read={read} rows={3} />
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </div>
  );
}
