import { Anchor, Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import classes from './page-head.module.css';

type Crumb = Readonly<{ label: string; to: string }>;

/** The top of a page: where one is, what it is called, and what can be done here. */
export function PageHead(parts: { title: string; above?: readonly Crumb[]; beside?: ReactNode; children?: ReactNode }) {
  const { title, above = [], beside, children } = parts;
  useEffect(() => {
    document.title = `${title} · Runledger`;
  }, [title]);
  return (
    <header className={classes.head}>
      {above.length > 0 && (
        <nav aria-label="Above" className={classes.above}>
          {above.map(({ label, to }) => (
            <span key={to}>
              <Anchor component={Link} to={to} size="sm">
                {label}
              </Anchor>
              <Text span c="dimmed" size="sm" aria-hidden="true">
                {' / '}
              </Text>
            </span>
          ))}
        </nav>
      )}
      <Group justify="space-between" align="center" gap="sm">
        <Group gap="sm" className={classes.title}>
          <Title order={1}>{title}</Title>
          {beside}
        </Group>
        <Group gap="xs">{children}</Group>
      </Group>
    </header>
  );
}
