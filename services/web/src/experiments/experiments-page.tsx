import { Anchor, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import type { ExperimentAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { experimentsRead } from '../api/reads';
import { SearchIcon } from '../elements/icons';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Empty, LogFirstRun, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { SCROLLED } from '../elements/sheet';
import { TagMarks } from '../elements/tag-marks';
import { When } from '../elements/when';
import classes from './experiments-page.module.css';

/** Nothing tells of new experiments, so they are looked for, while somebody watches. */
const LOOK_MS = 10_000;

function ExperimentRow({ of }: { of: ExperimentAnswer }) {
  return (
    <Table.Tr>
      <Table.Td className={classes.name}>
        <Anchor component={Link} to={`/experiments/${encodeURIComponent(of.experiment)}`} fw={550}>
          {of.name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <TagMarks tags={of.tags} />
      </Table.Td>
      <Table.Td>{of.createdAt !== null && <When at={of.createdAt} />}</Table.Td>
      <Table.Td>
        <When at={of.updatedAt} />
      </Table.Td>
      <Table.Td>
        <Text span size="xs" ff="monospace" c="dimmed">
          {of.experiment}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function ExperimentTable({ rows }: { rows: readonly ExperimentAnswer[] }) {
  return (
    <Paper withBorder className={classes.sheet}>
      <Table.ScrollContainer minWidth={720} scrollAreaProps={SCROLLED}>
        <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              {['Name', 'Tags', 'Created', 'Changed', 'Id'].map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((of) => (
              <ExperimentRow key={of.experiment} of={of} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

const matches = ({ name, experiment, tags }: ExperimentAnswer, wanted: string): boolean =>
  [name, experiment, ...tags.map(({ key, value }) => `${key} ${value}`)].some((text) =>
    text.toLowerCase().includes(wanted),
  );

function Found({ all, wanted }: { all: readonly ExperimentAnswer[]; wanted: string }) {
  if (all.length === 0)
    return (
      <Empty title="No experiments yet">
        <LogFirstRun experiment="digits" />
      </Empty>
    );
  const shown = all.filter((one) => matches(one, wanted.trim().toLowerCase()));
  if (shown.length === 0) return <Empty title={`Nothing here matches “${wanted}”`} />;
  return (
    <>
      <ExperimentTable rows={shown} />
      {all.length === 1 && (
        <Empty title="Log the first run">
          <LogFirstRun experiment="digits" />
        </Empty>
      )}
    </>
  );
}

export function ExperimentsPage() {
  const [wanted, setWanted] = useState('');
  const read = useInfiniteQuery({ ...experimentsRead(), refetchInterval: LOOK_MS });
  const all = read.data?.pages.flatMap(({ experiments }) => experiments);
  return (
    <>
      <PageHead title="Experiments">
        <TextInput
          aria-label="Search experiments"
          data-page-search
          placeholder="Search by name, tag or id"
          leftSection={<SearchIcon size={15} />}
          size="xs"
          w={260}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      </PageHead>
      <div className={classes.scroll}>
        <Pending read={read} />
        {all !== undefined && <Found all={all} wanted={wanted} />}
        {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
        <Group h={24} />
      </div>
    </>
  );
}
