import { Anchor, Button, CloseButton, Paper, SegmentedControl, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { bestRunsRead } from '../api/reads';
import { formatCount, formatNumber } from '../elements/format';
import { Pending } from '../elements/notice';
import classes from './best-panel.module.css';
import { type Aim, goalOf, type Ranked, type Reason, rank, readAim, reasonsOf, writeAim } from './best-run';
import { fieldOf } from './run-columns';

type PanelParts = Readonly<{
  experiment: string;
  filter: string;
  /** As in the address. */
  best: string;
  metricNames: readonly string[];
  onBest: (best: string | null) => void;
}>;

const MOST_REASONS = 5;
const COMPARED = 5;
const shown = (value: Reason['value']): string => (typeof value === 'number' ? formatNumber(value) : String(value));

function ReasonLine({ reason, metric }: { reason: Reason; metric: string }) {
  const setting = (
    <code>
      {reason.param} = {shown(reason.value)}
    </code>
  );
  if (reason.kind === 'trend')
    return (
      <>
        {setting}: {reason.better} values go with better {metric} (rank correlation {reason.strength.toFixed(2)}).
      </>
    );
  const { mean, runs, otherMean, otherRuns } = reason;
  return (
    <>
      {setting}: the {formatCount(runs)} runs with it come to {formatNumber(mean)} on average, the{' '}
      {otherRuns === 1 ? 'other one' : `other ${formatCount(otherRuns)}`} to {formatNumber(otherMean)}.
    </>
  );
}

function Reasons({ ranked, aim }: { ranked: readonly Ranked[]; aim: Aim }) {
  const reasons = useMemo(() => reasonsOf(ranked, aim.goal).slice(0, MOST_REASONS), [ranked, aim.goal]);
  if (reasons.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {ranked.length < 3 ? 'Three runs are needed to say why.' : 'No param goes along with it.'}
      </Text>
    );
  return (
    <>
      <Text size="sm" fw={600}>
        Why it is the best
      </Text>
      <ol className={classes.reasons}>
        {reasons.map((reason) => (
          <li key={reason.param}>
            <ReasonLine reason={reason} metric={aim.metric} />
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed">
        What goes along with good results among {formatCount(ranked.length)} runs; that it is the cause, only a trial
        can show.
      </Text>
    </>
  );
}

const Name = ({ run }: Ranked) => (
  <Anchor component={Link} to={`/runs/${encodeURIComponent(run.run)}`} inherit fw={600}>
    {run.name ?? run.run}
  </Anchor>
);

function Found({ ranked, aim }: { ranked: readonly Ranked[]; aim: Aim }) {
  const [best, next] = ranked;
  if (best === undefined) return <Text size="sm">No run has a number for {aim.metric} yet.</Text>;
  return (
    <>
      <p className={classes.run}>
        <Name {...best} /> with {aim.metric} {formatNumber(best.value)}
        {next !== undefined && (
          <>
            ; next <Name {...next} /> with {formatNumber(next.value)}
          </>
        )}
        .
      </p>
      <Reasons ranked={ranked} aim={aim} />
    </>
  );
}

/** The best run by a metric, and what it has that goes along with good results. */
export function BestPanel({ experiment, filter, best, metricNames, onBest }: PanelParts) {
  const aim = readAim(best);
  const metric = aim?.metric ?? '';
  const order = `${fieldOf(`metrics.${metric}`)} ${aim?.goal === 'min' ? 'ASC' : 'DESC'}`;
  const read = useQuery({ ...bestRunsRead(experiment, { filter, order, metric }), enabled: aim !== null });
  const ranked = useMemo(() => (aim === null ? [] : rank(read.data?.runs ?? [], aim)), [read.data, aim]);
  if (aim === null) return null;
  const choose = (next: Partial<Aim>): void => onBest(writeAim({ ...aim, ...next }));
  const compared = ranked.slice(0, COMPARED).map(({ run }) => run.run);
  return (
    <Paper withBorder component="section" aria-labelledby="best-run" className={classes.panel}>
      <div className={classes.head}>
        <h2 id="best-run">Best run</h2>
        <Select
          size="xs"
          w={220}
          aria-label="Judged by"
          searchable
          allowDeselect={false}
          limit={100}
          data={[...new Set([metric, ...metricNames])]}
          value={metric}
          onChange={(name) => name !== null && choose({ metric: name, goal: goalOf(name) })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Which is best"
          value={aim.goal}
          onChange={(goal) => choose({ goal: goal === 'min' ? 'min' : 'max' })}
          data={[
            { value: 'max', label: 'Highest' },
            { value: 'min', label: 'Lowest' },
          ]}
        />
        {compared.length > 1 && (
          <Button
            size="xs"
            variant="default"
            renderRoot={(props: object) => <Link {...props} to="/compare" search={{ runs: compared }} />}
          >
            Compare the best {compared.length}
          </Button>
        )}
        <CloseButton ml="auto" aria-label="Close the best run" onClick={() => onBest(null)} />
      </div>
      <Pending read={read} rows={3} />
      {read.data !== undefined && <Found ranked={ranked} aim={aim} />}
    </Paper>
  );
}
