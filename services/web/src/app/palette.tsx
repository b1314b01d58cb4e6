import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useState, useSyncExternalStore } from 'react';
import { experimentsRead, runsNamedRead } from '../api/reads';
import { currentActions, watchActions } from '../elements/actions';
import { Dialog } from '../elements/dialog';
import { SearchIcon } from '../elements/icons';
import classes from './palette.module.css';

type Entry = Readonly<{ id: string; kind: string; name: string; run: () => void }>;
const MOST = 8;
const OPENS = 'Open the command palette';

const contains = (name: string, words: readonly string[]): boolean =>
  words.every((word) => name.toLowerCase().includes(word));

/** What the words find: things to do first, then experiments and runs. */
function useEntries(wanted: string): Entry[] {
  const navigate = useNavigate();
  const actions = useSyncExternalStore(watchActions, currentActions);
  const [settled] = useDebouncedValue(wanted, 150);
  const experiments = useInfiniteQuery(experimentsRead());
  const runs = useQuery({ ...runsNamedRead(settled), enabled: settled.length > 1, placeholderData: keepPreviousData });
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const go = (to: string) => () => void navigate({ to });
  const all = experiments.data?.pages.flatMap((page) => page.experiments) ?? [];
  return [
    ...actions
      .filter(({ name }) => name !== OPENS && contains(name, words))
      .map(({ name, run }) => ({ id: `do ${name}`, kind: 'Action', name, run })),
    ...all
      .filter(({ name }) => contains(name, words))
      .slice(0, MOST)
      .map(({ experiment, name }) => ({
        id: `experiment ${experiment}`,
        kind: 'Experiment',
        name,
        run: go(`/experiments/${encodeURIComponent(experiment)}`),
      })),
    ...(wanted.length > 1 ? (runs.data?.runs ?? []) : []).map(({ run, name }) => ({
      id: `run ${run}`,
      kind: 'Run',
      name: name ?? run,
      run: go(`/runs/${encodeURIComponent(run)}`),
    })),
  ];
}

function Options({
  entries,
  at,
  list,
  onChoose,
}: {
  entries: readonly Entry[];
  at: number;
  list: string;
  onChoose: (entry: Entry) => void;
}) {
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [list, at]);
  return (
    <div role="listbox" id={list} aria-label="Found" className={classes.list}>
      {entries.map((entry, index) => (
        // Chosen by keyboard from the input, which keeps the focus.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input listens
        <div
          key={entry.id}
          id={`${list}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className={classes.option}
          onClick={() => onChoose(entry)}
        >
          <span className={classes.name}>{entry.name}</span>
          <span className={classes.kind}>{entry.kind}</span>
        </div>
      ))}
    </div>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(wanted.trim());
  const list = useId();
  const at = Math.min(chosen, entries.length - 1);
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen((at + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') choose(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        autoFocus
        data-autofocus
        role="combobox"
        aria-label="Search for actions, experiments and runs"
        aria-expanded
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={at < 0 ? undefined : `${list}-${at}`}
        placeholder="Search for actions, experiments and runs"
        leftSection={<SearchIcon size={16} />}
        value={wanted}
        onChange={(event) => {
          setWanted(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <Options entries={entries} at={at} list={list} onChoose={choose} />
      {entries.length === 0 && (
        <p role="status" className={classes.none}>
          Nothing is called that
        </p>
      )}
    </>
  );
}

/** Finds what can be done, experiments and runs by words of their names. */
export function Palette({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Command palette" isTitleHidden onClose={onClose}>
      <Search onClose={onClose} />
    </Dialog>
  );
}
