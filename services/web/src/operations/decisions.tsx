import { Button, Group, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useWhole } from '../api/me';
import { changedMembers } from '../elements/changed-members';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { When } from '../elements/when';
import { changesRead } from './operations-reads';

const COLUMNS = ['When', 'What', 'By', 'Changed', 'Before', 'After'];

/** Every change by a command: what, who, as it was before and after; and, where the page can, its proof by the event's id. */
export function Decisions({ onVerify }: { onVerify?: (event: string) => void }) {
  const [asked, ask] = useState({ subject: '', actor: '' });
  const [settled] = useDebouncedValue(asked, 300);
  const isWhole = useWhole('runs:read');
  const subject = settled.subject.trim();
  const isAsked = isWhole || subject !== '';
  const read = useInfiniteQuery({ ...changesRead({ subject, actor: settled.actor.trim() }), enabled: isAsked });
  const changes = read.data?.pages.flatMap((page) => page.changes);
  const note = (
    <Group gap="sm" mb="sm">
      <TextInput
        size="xs"
        w={280}
        aria-label="Only of"
        placeholder="Only of, such as model/<id> or note/<run>"
        value={asked.subject}
        onChange={(event) => ask({ ...asked, subject: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        aria-label="Only by"
        placeholder="Only by"
        value={asked.actor}
        onChange={(event) => ask({ ...asked, actor: event.currentTarget.value })}
      />
      {!isAsked && (
        <Text size="sm">You are kept to some projects: name what it is of, such as experiment/&lt;id&gt;.</Text>
      )}
      {changes?.length === 0 && <Text size="sm">Nothing was decided.</Text>}
    </Group>
  );
  return (
    <>
      <Sheet title="What was decided" columns={onVerify === undefined ? COLUMNS : [...COLUMNS, 'Proof']} note={note}>
        {changes?.map(({ journalseq, event, time, type, subject, actor, rows }) => {
          const members = rows.flatMap(changedMembers);
          return (members.length === 0 ? [null] : members).map((member, at) => (
            <Table.Tr key={`${journalseq} ${member?.what ?? ''}`}>
              <Table.Td>{at === 0 && <When at={time} />}</Table.Td>
              <Table.Td>{at === 0 && `${type} of ${subject}`}</Table.Td>
              <Table.Td>{at === 0 && actor}</Table.Td>
              <Table.Td>{member?.what}</Table.Td>
              <Table.Td>{member?.before}</Table.Td>
              <Table.Td>{member?.after}</Table.Td>
              {onVerify !== undefined && (
                <Table.Td>
                  {at === 0 && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Verify ${type} of ${subject}`}
                      onClick={() => onVerify(event)}
                    >
                      Verify
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ));
        })}
      </Sheet>
      {isAsked && <Pending read={read} rows={3} />}
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}
