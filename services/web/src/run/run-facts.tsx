import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './run-facts.module.css';

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder component="section" className={classes.card} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      {children}
    </Paper>
  );
}

/** Names and values. What is not known is left out. */
export function Facts({ facts }: { facts: ReadonlyArray<readonly [string, ReactNode]> }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  if (known.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was logged.
      </Text>
    );
  return (
    <dl className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
