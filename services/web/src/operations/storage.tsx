import { Button, Table, Text } from '@mantine/core';
import type { StorageAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/api';
import { formatBytes, formatCount } from '../elements/format';
import { Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { storageRead } from './operations-reads';

const COLUMNS = ['Store', 'Table', 'On disk', 'Rows, about'];
const MOST_TABLES = 8;
const NAMES = { postgres: 'Postgres', clickhouse: 'ClickHouse' } as const;

function Note({ workspace, stores }: StorageAnswer) {
  const { runs, points, artifacts } = workspace;
  const all = stores?.map(({ store, bytes }) => `${NAMES[store]} ${formatBytes(bytes)}`).join(', ');
  return (
    <Text size="sm" c="dimmed" mb="xs">
      This workspace has {formatCount(runs)} runs, {formatCount(points)} points, and {formatBytes(artifacts.bytes)} in{' '}
      {formatCount(artifacts.files)} files.
      {all !== undefined && ` The stores of all workspaces: ${all}.`}
    </Text>
  );
}

/** How much is stored, and where: the stores for who operates the service, the workspace for its admins. */
export function Storage() {
  const read = useQuery(storageRead());
  const [isWhole, setWhole] = useState(false);
  if (read.error instanceof ApiError && read.error.status === 403) return null;
  const { data } = read;
  const tables = (data?.stores ?? [])
    .flatMap(({ store, tables: of }) => of.map((table) => ({ store, ...table })))
    .sort((a, b) => b.bytes - a.bytes);
  const shown = isWhole ? tables : tables.slice(0, MOST_TABLES);
  return (
    <>
      <Sheet title="Storage" columns={COLUMNS} note={data && <Note {...data} />}>
        {shown.map(({ store, name, bytes, rows }) => (
          <Table.Tr key={`${store} ${name}`}>
            <Table.Td>{NAMES[store]}</Table.Td>
            <Table.Td>{name}</Table.Td>
            <Table.Td>{formatBytes(bytes)}</Table.Td>
            <Table.Td>{formatCount(rows)}</Table.Td>
          </Table.Tr>
        ))}
        {shown.length < tables.length && (
          <Table.Tr key="more">
            <Table.Td colSpan={COLUMNS.length}>
              <Button size="compact-xs" variant="default" onClick={() => setWhole(true)}>
                {`Show ${tables.length - shown.length} smaller ones`}
              </Button>
            </Table.Td>
          </Table.Tr>
        )}
      </Sheet>
      <Pending read={read} rows={2} />
    </>
  );
}
