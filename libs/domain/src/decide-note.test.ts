import { decideNote } from './decide-note';
import { evolveNote, unwrittenNote } from './note';

const write = (text: string, over?: number) => ({ name: 'write-note' as const, run: 'r1', text, over });
const first = { text: 'diverged', number: 1 };

it('is written, and written over by whoever has seen it', () => {
  const outcome = decideNote(write('diverged', 0), unwrittenNote);
  const event = { type: 'note.written', data: { run: 'r1', number: 1, text: 'diverged' } } as const;
  expect(outcome).toMatchObject({ ok: true, value: { events: [event] } });
  expect(evolveNote(unwrittenNote, event)).toEqual(first);
  expect(decideNote(write('', 1), first)).toMatchObject({
    ok: true,
    value: { events: [{ data: { number: 2, text: '' } }] },
  });
  expect(decideNote(write('no matter'), first)).toMatchObject({ ok: true });
});

it('is not written over by whoever has not', () => {
  expect(decideNote(write('mine', 0), first)).toMatchObject({ ok: false, code: 'NOTE_CHANGED' });
});

it('is not written where it says the same', () => {
  expect(decideNote(write('diverged', 0), first)).toMatchObject({ ok: true, value: { events: [] } });
});
