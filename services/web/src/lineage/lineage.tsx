import { Group, NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useLive } from '../api/live';
import { formatCount } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import classes from './lineage.module.css';
import { LineageGraph } from './lineage-graph';
import { type Shown, shownOf } from './lineage-node';
import { lineageRead, runNamesRead } from './lineage-reads';
import { LineageTable } from './lineage-table';

const DEPTHS = ['1', '2', '3', '5', '10', '20'];
const NO_NAMES: ReadonlyMap<string, string> = new Map();
/** Rereading a graph of a thousand things at every point of a live run would be for nothing. */
const SPACING_MS = 5_000;

/** What a thing was made of and what was made of it, as a graph or as a table. */
export function Lineage({ node }: { node: string }) {
  const [depth, setDepth] = useState('3');
  const [form, setForm] = useState<'graph' | 'table'>('graph');
  useLive({}, [['lineage']], { spacing: SPACING_MS });
  const read = useQuery(lineageRead(node, Number(depth)));
  const { data } = read;
  const runs = useMemo(
    () => (data?.nodes ?? []).filter(({ kind }) => kind === 'run').map((one) => one.node.slice('run:'.length)),
    [data],
  );
  const names = useQuery(runNamesRead(runs)).data ?? NO_NAMES;
  const shown = useMemo<ReadonlyMap<string, Shown>>(
    () => new Map((data?.nodes ?? []).map((one) => [one.node, shownOf(one.node, one.kind, names)])),
    [data, names],
  );
  if (data === undefined) return <Pending read={read} />;
  return (
    <div className={classes.page}>
      <Group gap="sm" mb="sm">
        <SegmentedControl size="xs" aria-label="Show as" value={form} onChange={setForm} data={['graph', 'table']} />
        <NativeSelect
          size="xs"
          aria-label="Steps away"
          value={depth}
          onChange={(event) => setDepth(event.currentTarget.value)}
          data={DEPTHS.map((value) => ({ value, label: value === '1' ? '1 step' : `${value} steps` }))}
        />
        <Text size="sm" c="dimmed" role="status">
          {formatCount(data.nodes.length)} things
          {!data.complete && '; there are more than are shown: choose fewer steps'}
        </Text>
        {form === 'graph' && (
          <Text size="xs" c="dimmed">
            Arrow keys go along, Enter opens, Home comes back
          </Text>
        )}
      </Group>
      {data.edges.length === 0 && <Empty title="Nothing is known to be connected with it" />}
      {data.edges.length > 0 &&
        (form === 'graph' ? <LineageGraph of={data} shown={shown} /> : <LineageTable of={data} shown={shown} />)}
    </div>
  );
}
