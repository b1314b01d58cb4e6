import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './previews.module.css';

const PER_PAGE = 100;
/** Parsed by `JSON.parse`. */
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const isBranch = (value: Json): value is Json[] | { [name: string]: Json } =>
  typeof value === 'object' && value !== null;

function sizeOf(value: Json[] | { [name: string]: Json }): string {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  return `${count} ${Array.isArray(value) ? (count === 1 ? 'item' : 'items') : count === 1 ? 'member' : 'members'}`;
}

function Branch({
  name,
  value,
  isOpen: begins,
}: {
  name: string | null;
  value: Json[] | { [name: string]: Json };
  isOpen: boolean;
}) {
  const [isOpen, setOpen] = useState(begins);
  const [most, setMost] = useState(PER_PAGE);
  const inside = Object.entries(value);
  return (
    <li>
      <button type="button" className={classes.branch} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span aria-hidden="true">{isOpen ? '▾ ' : '▸ '}</span>
        {name !== null && <span className={classes.name}>{name}: </span>}
        <span className={classes.kind}>{sizeOf(value)}</span>
      </button>
      {isOpen && (
        <ul className={classes.branches}>
          {inside.slice(0, most).map(([key, one]) => (
            <Node key={key} name={key} value={one} />
          ))}
          {inside.length > most && (
            <li>
              <Button size="compact-xs" variant="subtle" onClick={() => setMost(most + PER_PAGE)}>
                {`Show more of ${inside.length - most}`}
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Node({ name, value }: { name: string; value: Json }) {
  if (isBranch(value)) return <Branch name={name} value={value} isOpen={false} />;
  return (
    <li className={classes.leaf}>
      <span className={classes.name}>{name}: </span>
      {JSON.stringify(value)}
    </li>
  );
}

/** A value with its members, of which those are drawn that are open. */
export function JsonTree({ value, label }: { value: Json; label: string }) {
  return (
    <ul className={classes.json} aria-label={label}>
      {isBranch(value) ? (
        <Branch name={null} value={value} isOpen />
      ) : (
        <li className={classes.leaf}>{JSON.stringify(value)}</li>
      )}
    </ul>
  );
}
