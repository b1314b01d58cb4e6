import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import classes from './row-link.module.css';

type LinkParts = Readonly<{ to: string; children: ReactNode }>;

/** A link in a row of a long table. The router's own looks up far more for each than a frame of scrolling has time for. */
export function RowLink({ to, children }: LinkParts) {
  const { history } = useRouter();
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.push(to);
  };
  return (
    <a href={to} className={classes.link} onClick={follow}>
      {children}
    </a>
  );
}
