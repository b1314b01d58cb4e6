import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import type { Note, NoteChange } from './note';

/** `over`: the number of the note that it was written over; absent: whatever is there. */
export type NoteCommand = Readonly<{ name: 'write-note'; run: string; text: string; over?: number | undefined }>;
export type NoteRefusal = 'NOTE_CHANGED';

export const noteSubject = (run: string): string => `note/${run}`;

/** Pure. Nobody's words are written over by somebody who has not seen them. */
export function decideNote({ run, text, over }: NoteCommand, note: Note): Outcome<Decision<NoteChange>, NoteRefusal> {
  if (note.text === text) return nothingToDo();
  if (over !== undefined && over !== note.number)
    return refuse('NOTE_CHANGED', 'somebody else has written this note meanwhile; read it again');
  return decided([{ type: 'note.written', data: { run, number: note.number + 1, text } }]);
}
