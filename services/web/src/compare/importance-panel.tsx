import { Group, SegmentedControl, Text } from '@mantine/core';
import type { CompareAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { importanceRead } from '../api/reads';
import { formatCount } from '../elements/format';
import { Empty, Pending } from '../elements/notice';
import { Sheet } from '../elements/sheet';
import { splitColumn } from '../runs/run-columns';
import { ColumnSelect } from './column-select';
import classes from './compare-page.module.css';
import { likelyColumns } from './plot-columns';
import type { PanelParts } from './plots-panel';

type Importance = NonNullable<CompareAnswer['importance']>;
const VALUES = ['latest', 'last', 'min', 'max'] as const;
const FEWEST_RUNS = 10;

function Bar({ share }: { share: number }) {
  return (
    <span className={classes.bar} aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}

function Found({ importance: { params, runs, methods, metric } }: { importance: Importance }) {
  if (params.length === 0)
    return (
      <Empty
        title={
          runs < FEWEST_RUNS
            ? `${FEWEST_RUNS} runs with a number for ${metric} are needed; there are ${formatCount(runs)}`
            : 'No param differs among these runs'
        }
      />
    );
  const most = Math.max(...params.map(({ importance }) => importance));
  return (
    <>
      <Sheet
        title={`Which params matter to ${metric}`}
        columns={['Param', 'Importance', 'Rank correlation']}
        note={
          <Text size="xs" c="dimmed" mb="xs">
            Of {formatCount(runs)} runs. What goes along with results; that it is the cause, only a trial can show.
          </Text>
        }
      >
        {params.map(({ key, importance, rankCorrelation, kind }) => (
          <tr key={key} className={classes.row}>
            <th scope="row">{key}</th>
            <td>
              {importance.toFixed(3)}
              <Bar share={most <= 0 ? 0 : importance / most} />
            </td>
            <td>
              {rankCorrelation === null ? `– (${kind})` : rankCorrelation.toFixed(2)}
              {rankCorrelation !== null && <Bar share={Math.abs(rankCorrelation)} />}
            </td>
          </tr>
        ))}
      </Sheet>
      <Text size="xs" c="dimmed">
        Importance: {methods.importance}. Rank correlation: {methods.rankCorrelation}.
      </Text>
    </>
  );
}

/** Which params matter to a metric, by two methods, which are named. */
export function ImportancePanel({ state, onState, facets }: PanelParts) {
  const [value, setValue] = useState<(typeof VALUES)[number]>('latest');
  const chosen = state.y?.startsWith('metrics.') === true ? state.y : likelyColumns(facets).outcome;
  const metric = splitColumn(chosen ?? '')?.key ?? '';
  const read = useQuery({
    ...importanceRead(state.runs, { metric, value }),
    enabled: metric !== '' && state.runs.length > 1,
  });
  const importance = read.data?.importance ?? null;
  if (metric === '') return <Empty title="These runs have no metrics" />;
  return (
    <div className={classes.page}>
      <Group gap="sm" align="flex-end" mb="md">
        <ColumnSelect
          label="Outcome"
          columns={facets.metrics.map(({ key }) => `metrics.${key}`)}
          value={chosen}
          onValue={(y) => onState({ y })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Which of its values"
          value={value}
          onChange={(next) => setValue(VALUES.find((one) => one === next) ?? 'latest')}
          data={[...VALUES]}
        />
      </Group>
      <Pending read={read} />
      {importance !== null && <Found importance={importance} />}
    </div>
  );
}
