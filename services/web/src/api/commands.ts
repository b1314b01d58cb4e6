import type {
  NoteAnswer,
  RunAnswer,
  SearchAnswer,
  SearchQuestion,
  ViewAnswer,
  ViewsAnswer,
} from '@runledger/contracts/http';
import { at, call, queryOf } from './api';

/** What the interface writes. Each resolves once the next read shows it. */

type Answered<Result> = Readonly<{ result: Result; position: string }>;
type Tag = Readonly<{ key: string; value: string }>;

const post = <T>(path: string, body: unknown): Promise<T> => call<T>(path, { method: 'POST', body });
const since = (position: string): string => queryOf({ 'at-least': position });

/** @throws ApiError 409 NOTE_CHANGED where somebody else was first */
export async function writeNote(run: string, text: string, over: number): Promise<NoteAnswer> {
  const { position } = await post<Answered<unknown>>('commands/write-note', { run, text, over });
  return call<NoteAnswer>(at`runs/${run}/note` + since(position));
}

export type ViewDraft = Readonly<{ view?: string; experiment: string; name: string; search: string }>;

/** @throws ApiError 409 VIEW_NAME_TAKEN */
export async function saveView(draft: ViewDraft): Promise<ViewAnswer> {
  const { result, position } = await post<Answered<{ view: string }>>('commands/save-view', draft);
  return call<ViewAnswer>(at`views/${result.view}` + since(position));
}

export async function deleteView({ view, experiment }: ViewAnswer): Promise<void> {
  const { position } = await post<Answered<unknown>>('commands/delete-view', { view });
  await call<ViewsAnswer>(`views${queryOf({ experiment, limit: 1, 'at-least': position })}`);
}

const PER_CALL = 1_000;

type Fact = Readonly<{ type: 'tags.set' | 'tags.deleted' | 'run.updated'; data: unknown }>;

/** Says the same of each run. */
async function tell(runs: readonly string[], fact: Fact): Promise<void> {
  let position = '';
  for (let from = 0; from < runs.length; from += PER_CALL) {
    const events = runs.slice(from, from + PER_CALL).map((run) => ({ ...fact, subject: `run/${run}` }));
    ({ position } = await post<{ position: string }>('events', { events }));
  }
  if (position === '') return;
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) await call<RunAnswer>(at`runs/${only}` + since(position));
  else
    await call<SearchAnswer>(`search${since(position)}`, {
      method: 'POST',
      body: { limit: 1 } satisfies SearchQuestion,
    });
}

export const setTag = (runs: readonly string[], tag: Tag): Promise<void> =>
  tell(runs, { type: 'tags.set', data: { tags: [tag] } });
export const removeTag = (runs: readonly string[], key: string): Promise<void> =>
  tell(runs, { type: 'tags.deleted', data: { keys: [key] } });
export const setLifecycle = (runs: readonly string[], lifecycle: 'active' | 'deleted'): Promise<void> =>
  tell(runs, { type: 'run.updated', data: { lifecycle } });
