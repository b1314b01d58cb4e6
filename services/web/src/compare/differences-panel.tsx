import { Anchor, Group, Switch, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { formatCount, formatNumber } from '../elements/format';
import { Grid, type GridColumn } from '../elements/grid';
import { Empty } from '../elements/notice';
import {
  type FoundRun,
  isMetricColumn,
  isNumeric,
  keyedColumnsOf,
  titleOf,
  valueOf,
  varies,
} from '../runs/run-columns';
import classes from './compare-page.module.css';
import type { CompareState } from './compare-state';

/** Runs that stand side by side; more stand below each other, where those out of sight are not drawn. */
const MOST_BESIDE = 20;

type PanelParts = Readonly<{
  runs: readonly FoundRun[];
  state: CompareState;
  onState: (change: Partial<CompareState>) => void;
}>;
type TableParts = Readonly<{
  runs: readonly FoundRun[];
  rows: readonly string[];
  base: FoundRun;
  onBase: (run: string) => void;
}>;

/** Rows of the comparison: what was put in, then what came out. */
function rowsOf(runs: readonly FoundRun[]): string[] {
  const metrics = new Set(runs.flatMap((run) => run.metrics.map(({ key }) => `metrics.${key}`)));
  return [...keyedColumnsOf(runs), ...[...metrics].sort()];
}

function shown(run: FoundRun, id: string): string {
  const value = valueOf(run, id);
  if (value === null) return '–';
  return typeof value === 'number' || isMetricColumn(id) ? formatNumber(Number(value)) : String(value);
}

/** How far a number is from the baseline's. */
function differenceOf(run: FoundRun, baseline: FoundRun, id: string): string {
  const [a, b] = [valueOf(run, id), valueOf(baseline, id)];
  if (run === baseline || typeof a !== 'number' || typeof b !== 'number' || a === b) return '';
  return `${a > b ? '+' : '−'}${formatNumber(Math.abs(a - b))}`;
}

const nameOf = ({ name, run }: FoundRun): string => name ?? run;

function BaselineChoice({ run, base, onBase }: { run: FoundRun } & Pick<TableParts, 'base' | 'onBase'>) {
  return (
    <>
      <label>
        <input
          type="radio"
          name="baseline"
          aria-label={`Baseline: ${nameOf(run)}`}
          checked={run === base}
          onChange={() => onBase(run.run)}
        />
      </label>
      <Anchor component={Link} to={`/runs/${encodeURIComponent(run.run)}`} size="sm">
        {nameOf(run)}
      </Anchor>
    </>
  );
}

function SideBySide({ runs, rows, base, onBase }: TableParts) {
  return (
    // Scrolled by keyboard too.
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Differences, scrollable">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Baseline</th>
            {runs.map((run) => (
              <th key={run.run} scope="col">
                <BaselineChoice {...{ run, base, onBase }} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((id) => (
            <tr key={id}>
              <th scope="row" title={id}>
                {titleOf(id)}
              </th>
              {runs.map((run) => (
                <td
                  key={run.run}
                  title={String(valueOf(run, id) ?? '')}
                  data-differs={valueOf(run, id) !== valueOf(base, id) || undefined}
                >
                  {shown(run, id)} <small>{differenceOf(run, base, id)}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const RUN: GridColumn = { id: 'name', title: 'Baseline', width: 280, pinned: true };

function BelowEachOther({ runs, rows, base, onBase }: TableParts) {
  const columns = useMemo(
    (): GridColumn[] => [
      RUN,
      ...rows.map((id) => ({
        id,
        title: titleOf(id),
        width: 170,
        align: isNumeric(id) ? ('right' as const) : ('left' as const),
      })),
    ],
    [rows],
  );
  return (
    <div className={classes.grid}>
      <Grid
        label="Differences"
        rows={runs}
        columns={columns}
        rowId={({ run }) => run}
        isChosen={(run) => run === base}
        cell={(run, { id }) =>
          id === RUN.id ? (
            <BaselineChoice {...{ run, base, onBase }} />
          ) : (
            <span className={classes.cell} data-differs={valueOf(run, id) !== valueOf(base, id) || undefined}>
              {shown(run, id)} <small>{differenceOf(run, base, id)}</small>
            </span>
          )
        }
      />
    </div>
  );
}

/** What differs from a baseline, or everything. */
export function DifferencesPanel({ runs, state, onState }: PanelParts) {
  const [onlyDifferent, setOnlyDifferent] = useState(true);
  const base = runs.find(({ run }) => run === state.baseline) ?? runs[0];
  const rows = useMemo(() => rowsOf(runs).filter((id) => !onlyDifferent || varies(runs, id)), [runs, onlyDifferent]);
  if (base === undefined) return null;
  const Table = runs.length > MOST_BESIDE ? BelowEachOther : SideBySide;
  return (
    <div className={classes.page}>
      <Group gap="md" mb="sm">
        <Switch
          size="xs"
          label="Only differences"
          checked={onlyDifferent}
          onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
        />
        <Text size="xs" c="dimmed" role="status">
          {formatCount(rows.length)} {rows.length === 1 ? 'thing' : 'things'} of {formatCount(runs.length)} runs, beside
          the baseline
        </Text>
      </Group>
      {rows.length === 0 ? (
        <Empty title="They do not differ" />
      ) : (
        <Table {...{ runs, rows, base }} onBase={(baseline) => onState({ baseline })} />
      )}
    </div>
  );
}
