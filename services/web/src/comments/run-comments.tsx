import { TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { metricsRead } from '../api/reads';
import { Comments } from './comments';
import classes from './comments.module.css';

/** What people say of a run and of its charts. */
export function RunComments({ run }: { run: string }) {
  const [metric, setMetric] = useState('');
  const list = useId();
  const names = useInfiniteQuery(metricsRead(run)).data?.pages.flatMap((page) => page.metrics.map(({ key }) => key));
  const chart = metric.trim();
  return (
    <div className={classes.page}>
      <Comments
        about={{ kind: 'run', id: run }}
        to={chart === '' ? { kind: 'run', id: run } : { kind: 'chart', id: run, metric: chart }}
        choice={
          <>
            <TextInput
              size="xs"
              mb={6}
              maw={320}
              label="On a chart"
              placeholder="the whole run"
              list={list}
              maxLength={250}
              value={metric}
              onChange={(event) => setMetric(event.currentTarget.value)}
            />
            <datalist id={list}>
              {names?.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        }
      />
    </div>
  );
}
