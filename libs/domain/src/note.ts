import type { ChangeOf, NOTE_DECISIONS } from '@runledger/contracts';

export type NoteChange = ChangeOf<typeof NOTE_DECISIONS>;

export type Note = Readonly<{ text: string; number: number }>;
export const unwrittenNote: Note = { text: '', number: 0 };

/** Total: what was decided is never decided again. */
export const evolveNote = (_note: Note, { data: { text, number } }: NoteChange): Note => ({ text, number });
