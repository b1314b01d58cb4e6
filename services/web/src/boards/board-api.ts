import type {
  BoardAnswer,
  BoardHistoryAnswer,
  BoardPanel,
  BoardsAnswer,
  SearchAnswer,
  SearchQuestion,
} from '@runledger/contracts/http';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from '../api/api';

/** Nothing tells of new decisions, so they are looked for, while somebody watches. */
const LOOK_MS = 10_000;

export const boardsRead = () =>
  infiniteQueryOptions({
    queryKey: ['boards'],
    queryFn: ({ pageParam, signal }) =>
      call<BoardsAnswer>(`boards${queryOf({ limit: 500, page_token: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextPageToken ?? undefined,
    refetchInterval: LOOK_MS,
  });

/** As it is now, or as it was saved as a number. */
export const boardRead = (board: string, number: number | null = null) =>
  queryOptions({
    queryKey: ['board', board, number],
    queryFn: ({ signal }) =>
      call<BoardAnswer>(at`boards/${board}` + queryOf({ number: number ?? undefined }), { signal }),
    refetchInterval: number === null ? LOOK_MS : false,
  });

export const boardHistoryRead = (board: string) =>
  queryOptions({
    queryKey: ['board', board, 'history'],
    queryFn: ({ signal }) =>
      call<BoardHistoryAnswer>(at`boards/${board}/history` + queryOf({ limit: 100 }), { signal }),
  });

export type PanelRuns = Readonly<{
  experiment: string;
  filter: string;
  order: readonly string[];
  metrics: readonly string[];
  most: number;
  asOf: string | null;
}>;

/** The runs of a panel, as they are or as they stood. */
export const panelRunsRead = ({ experiment, filter, order, metrics, most, asOf }: PanelRuns) =>
  queryOptions({
    queryKey: [asOf === null ? 'board-runs' : 'frozen-runs', experiment, filter, order, metrics, most, asOf],
    queryFn: ({ signal }) => {
      const body: SearchQuestion = {
        experiments: [experiment],
        lifecycle: 'active',
        ...(filter === '' ? {} : { filter }),
        ...(order.length === 0 ? {} : { orderBy: [...order] }),
        columns: { params: 'all', tags: 'all', metrics: [...metrics] },
        limit: most,
      };
      return call<SearchAnswer>(`search${queryOf({ as_of: asOf ?? undefined })}`, { method: 'POST', body, signal });
    },
    placeholderData: keepPreviousData,
    ...(asOf === null ? {} : { staleTime: Number.POSITIVE_INFINITY }),
  });

type Answered = Readonly<{ result: { board: string }; position: string }>;
export type BoardDraft = Readonly<{
  board?: string;
  form: BoardAnswer['form'];
  name: string;
  panels: readonly BoardPanel[];
  over?: number;
}>;

/** @throws ApiError 409 BOARD_CHANGED where somebody else was first */
export async function saveBoard(draft: BoardDraft): Promise<BoardAnswer> {
  const { result, position } = await call<Answered>('commands/save-board', { method: 'POST', body: draft });
  return call<BoardAnswer>(at`boards/${result.board}` + queryOf({ 'at-least': position }));
}

export async function deleteBoard(board: string): Promise<void> {
  const { position } = await call<Answered>('commands/delete-board', { method: 'POST', body: { board } });
  await call<BoardsAnswer>(`boards${queryOf({ limit: 1, 'at-least': position })}`);
}
