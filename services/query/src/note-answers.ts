import type { NoteRecord, ViewRecord } from '@runledger/postgres';
import { at, maybeAt } from './answers';

export const noteAnswerOf = (run: string, note: NoteRecord | null) => ({
  run,
  text: note?.value.text ?? '',
  number: note?.value.number ?? 0,
  writtenAt: maybeAt(note?.since ?? null),
  writtenBy: note?.actor ?? null,
});

const heldOf = ({ since, until, actor }: NoteRecord | ViewRecord) => ({
  since: at(since),
  until: maybeAt(until),
  actor,
});
const viewOf = ({ id, value: { experiment, name, search } }: ViewRecord) => ({ view: id, experiment, name, search });

export const noteStateOf = (note: NoteRecord) => ({
  text: note.value.text,
  number: note.value.number,
  ...heldOf(note),
});
export const viewStateOf = (view: ViewRecord) => ({ ...viewOf(view), ...heldOf(view) });

export const viewAnswerOf = (view: ViewRecord) => ({
  ...viewOf(view),
  createdAt: maybeAt(view.value.createdAt),
  updatedAt: at(view.since),
  updatedBy: view.actor,
});
