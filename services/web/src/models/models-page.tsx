import { Anchor, Code, Group, Table, Text, TextInput } from '@mantine/core';
import type { ModelAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { modelsRead } from '../api/registry-reads';
import { SearchIcon } from '../elements/icons';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { TagMarks } from '../elements/tag-marks';
import { When } from '../elements/when';
import { AliasMarks } from './alias-marks';

function ModelRow({ of }: { of: ModelAnswer }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/models/${encodeURIComponent(of.name)}`} fw={550}>
          {of.name}
        </Anchor>
      </Table.Td>
      <Table.Td>{of.lastVersion === 0 ? 'none yet' : of.lastVersion}</Table.Td>
      <Table.Td>
        <AliasMarks aliases={of.aliases} />
      </Table.Td>
      <Table.Td>
        <TagMarks tags={of.tags} />
      </Table.Td>
      <Table.Td>
        <When at={of.updatedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function Found({ all, wanted }: { all: readonly ModelAnswer[]; wanted: string }) {
  if (all.length === 0)
    return (
      <Empty title="No models yet">
        <Text c="dimmed" ta="center">
          Register one with <Code>POST /api/v1/commands/create-model</Code>, then give it versions. It shows up here by
          itself.
        </Text>
      </Empty>
    );
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  if (shown.length === 0) return <Empty title={`Nothing here matches “${wanted}”`} />;
  return (
    <Sheet title="Registered" columns={['Name', 'Newest version', 'Aliases', 'Tags', 'Changed']}>
      {shown.map((of) => (
        <ModelRow key={of.id} of={of} />
      ))}
    </Sheet>
  );
}

export function ModelsPage() {
  const [wanted, setWanted] = useState('');
  const read = useInfiniteQuery(modelsRead());
  const all = read.data?.pages.flatMap(({ models }) => models);
  return (
    <>
      <PageHead title="Models">
        <Anchor component={Link} to="/inventory" size="sm">
          Inventory
        </Anchor>
        <TextInput
          aria-label="Search models"
          placeholder="Search by name"
          leftSection={<SearchIcon size={15} />}
          size="xs"
          w={260}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      </PageHead>
      <Scroll>
        <Pending read={read} />
        {all !== undefined && <Found all={all} wanted={wanted} />}
        {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
        <Group h={24} />
      </Scroll>
    </>
  );
}
