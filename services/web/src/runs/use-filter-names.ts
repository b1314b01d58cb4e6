import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { metricNamesRead, runFacetsRead } from '../api/reads';
import type { FilterNames } from './filter-offers';
import type { FilterPlace } from './filter-place';

const NAME_TYPED = /^(?:metrics\.)?[`"]?([^`"]*)/;

/** Names and values that the runs of an experiment have. Metrics are found by the server: there may be 100,000. */
export function useFilterNames(experiment: string, place: FilterPlace, enabled: boolean): FilterNames {
  const typed = place.need === 'field' ? (NAME_TYPED.exec(place.typed)?.[1] ?? '') : '';
  const [search] = useDebouncedValue(typed, 150);
  const facets = useQuery({ ...runFacetsRead(experiment), enabled });
  const metrics = useQuery({ ...metricNamesRead(experiment, search), enabled });
  return useMemo(() => {
    const valuesOf = (list: ReadonlyArray<{ key: string; values: ReadonlyArray<{ value: string }> }> = []) =>
      new Map(list.map(({ key, values }) => [key, values.map(({ value }) => value)]));
    return {
      params: valuesOf(facets.data?.params),
      tags: valuesOf(facets.data?.tags),
      metrics: metrics.data?.names ?? [],
    };
  }, [facets.data, metrics.data]);
}
