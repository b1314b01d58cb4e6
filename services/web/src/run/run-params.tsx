import { Paper, Table, TextInput } from '@mantine/core';
import type { RunAnswer } from '@runledger/contracts/http';
import { useMemo, useState } from 'react';
import { formatNumber } from '../elements/format';
import { SearchIcon } from '../elements/icons';
import { Empty } from '../elements/notice';
import { When } from '../elements/when';
import { type ParamLine, paramLines } from './param-tree';
import classes from './run-facts.module.css';

type Param = RunAnswer['params'][number];

const shown = (value: string | number | boolean): string =>
  typeof value === 'number' ? formatNumber(value) : String(value);

type LineParts = Readonly<{ line: ParamLine<Param>; isOpen: boolean; onPress: () => void }>;

function Line({ line: { path, name, depth, param, count }, isOpen, onPress }: LineParts) {
  const indent = { paddingLeft: 12 + depth * 18 };
  if (param === null)
    return (
      <Table.Tr>
        <Table.Td colSpan={3} style={indent}>
          <button type="button" className={classes.fold} aria-expanded={isOpen} onClick={onPress}>
            <span aria-hidden="true">{isOpen ? '▾ ' : '▸ '}</span>
            {name} <span className={classes.count}>{count}</span>
          </button>
        </Table.Td>
      </Table.Tr>
    );
  return (
    <Table.Tr>
      <Table.Td className={classes.key} style={indent} title={path}>
        {name}
      </Table.Td>
      <Table.Td className={classes.value} title={String(param.value)}>
        {shown(param.value)}
      </Table.Td>
      <Table.Td>
        <When at={param.recordedAt} /> {param.late && '(after the end)'}
      </Table.Td>
    </Table.Tr>
  );
}

/** What a run was given, as a tree of the prefixes that names share. */
export function RunParams({ params }: { params: RunAnswer['params'] }) {
  const [wanted, setWanted] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const asked = wanted.trim().toLowerCase();
  const lines = useMemo(() => {
    const found = params.filter(({ key, value }) => `${key} ${String(value)}`.toLowerCase().includes(asked));
    return paramLines(found, asked === '' ? closed : new Set());
  }, [params, asked, closed]);
  const press = (path: string): void => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  if (params.length === 0) return <Empty title="No params were logged" />;
  return (
    <div className={classes.page}>
      <TextInput
        aria-label="Search params"
        placeholder="Search params by name or value"
        size="xs"
        w={280}
        mb="sm"
        leftSection={<SearchIcon size={15} />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Paper withBorder className={classes.card}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Param</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Logged</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line) => (
              <Line
                key={`${line.path} ${line.param === null}`}
                line={line}
                isOpen={asked !== '' || !closed.has(line.path)}
                onPress={() => press(line.path)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </div>
  );
}
