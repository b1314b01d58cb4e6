import type { ViewAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { defaultParseSearch as parseSearch, defaultStringifySearch as stringifySearch } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { viewRead } from '../api/reads';
import { readTableState, type TableState, writeTableState } from './table-state';

/** The saved view in the address. A link that holds nothing but its id shows the view as it is saved now. */
export function useView(state: TableState, onState: (change: Partial<TableState>) => void) {
  const { view, ...rest } = writeTableState(state);
  const isBare = view !== undefined && Object.keys(rest).length === 0;
  const read = useQuery({ ...viewRead(view ?? ''), enabled: isBare });
  const onView = useCallback(
    (chosen: ViewAnswer | null) =>
      onState(chosen === null ? { view: null } : { ...readTableState(parseSearch(chosen.search)), view: chosen.view }),
    [onState],
  );
  const saved = isBare ? read.data : undefined;
  useEffect(() => {
    if (saved !== undefined) onView(saved);
  }, [saved, onView]);
  return { search: stringifySearch(rest).slice(1), onView };
}
