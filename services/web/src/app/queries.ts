import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api';

/** What was refused for good is not asked again. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000, networkMode: 'always' } },
});
