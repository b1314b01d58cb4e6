import { TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../api/api';
import { SearchIcon } from '../elements/icons';
import classes from './filter-box.module.css';
import { type Offer, offersAt, takeOffer } from './filter-offers';
import { filterPlace } from './filter-place';
import { useFilterNames } from './use-filter-names';

type BoxParts = Readonly<{
  experiment: string;
  filter: string;
  onFilter: (filter: string) => void;
  error: Error | null;
}>;

/** Why a filter cannot be used, with the place of the fault underlined in it. */
function FilterFault({ error, filter }: { error: ApiError; filter: string }) {
  const offset = Number(/at offset (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
  const fault = /^(\s*\S+|\s+)/.exec(filter.slice(offset))?.[0] ?? ' ';
  return (
    <p className={classes.fault} role="alert">
      {error.message.replace(/ \(at offset \d+\)$/, '')}
      {Number.isInteger(offset) && filter !== '' && (
        <>
          {'\n'}
          <code>
            {filter.slice(0, offset)}
            <mark>{fault}</mark>
            {filter.slice(offset + fault.length)}
          </code>
        </>
      )}
    </p>
  );
}

type OffersParts = Readonly<{
  id: string;
  offers: readonly Offer[];
  chosen: number;
  onChoose: (offer: Offer) => void;
}>;

function Offers({ id, offers, chosen, onChoose }: OffersParts) {
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);
  return (
    <div role="listbox" id={id} aria-label="What may stand here" className={classes.list}>
      {offers.map((offer, index) => (
        // Chosen by keyboard from the input, which keeps the focus.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input listens
        <div
          key={offer.text}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className={classes.option}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(offer)}
        >
          <code>{offer.text}</code>
          <small>{offer.kind}</small>
        </div>
      ))}
    </div>
  );
}

/** What is typed, where the cursor stands, and what may stand there. */
function useCompletion({ experiment, filter }: BoxParts) {
  const [text, setText] = useState(filter);
  const [cursor, setCursor] = useState(filter.length);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  useEffect(() => setText(filter), [filter]);
  const place = filterPlace(text, cursor);
  const names = useFilterNames(experiment, place, isOpen);
  const offers = isOpen ? offersAt(place, names) : [];
  const input = useRef<HTMLInputElement>(null);
  const next = useRef<number | null>(null);
  useEffect(() => {
    if (next.current !== null) input.current?.setSelectionRange(next.current, next.current);
    next.current = null;
  });
  const become = (typed: string, at: number): void => {
    setText(typed);
    setCursor(at);
    setChosen(-1);
    setOpen(true);
  };
  const take = (offer: Offer): void => {
    const taken = takeOffer(text, cursor, place, offer);
    next.current = taken.cursor;
    become(taken.text, taken.cursor);
  };
  return { text, offers, chosen, input, become, take, setCursor, setChosen, setOpen };
}

/** The filter of a table of runs. What may stand where the cursor is is offered below; arrows choose, Enter takes, Escape hides. */
export function FilterBox(parts: BoxParts) {
  const { filter, onFilter, error } = parts;
  const { text, offers, chosen, input, become, take, setCursor, setChosen, setOpen } = useCompletion(parts);
  const list = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setOpen(false);
    onFilter(text.trim());
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const offer = offers[chosen];
    if (step !== undefined) {
      setOpen(true);
      const count = offers.length + 1;
      setChosen(((chosen + 1 + step + count) % count) - 1);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && offer !== undefined) take(offer);
    else if (event.key === 'Escape' && offers.length > 0) setOpen(false);
    else return;
    event.preventDefault();
  };
  const isFault = error instanceof ApiError && error.code.startsWith('FILTER_');
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        size="xs"
        ref={input}
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={offers.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen < 0 || offers.length === 0 ? undefined : `${list}-${chosen}`}
        data-page-search
        placeholder="metrics.loss < 0.5 AND params.opt = 'adam'  ⏎"
        leftSection={<SearchIcon size={15} />}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? text.length)}
        onChange={(event) =>
          become(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length)
        }
        onKeyDown={press}
        error={isFault && <FilterFault error={error} filter={filter} />}
      />
      {offers.length > 0 && <Offers id={list} offers={offers} chosen={chosen} onChoose={take} />}
    </form>
  );
}
