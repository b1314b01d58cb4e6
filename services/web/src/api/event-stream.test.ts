import { EventReader } from './event-stream';

const TEXT =
  'retry: 1000\n\nid: 7\nevent: moved\ndata: {"all":false}\n\n: alive\n\nid: 8\ndata: one\ndata: two\n\nid: 9\nda';

it.each([1, 2, 5, 1_000])('reads events out of pieces of %i characters', (size) => {
  const reader = new EventReader();
  const events = [];
  for (let from = 0; from < TEXT.length; from += size) events.push(...reader.push(TEXT.slice(from, from + size)));
  expect(events).toEqual([
    { id: '7', event: 'moved', data: '{"all":false}' },
    { id: '8', event: 'message', data: 'one\ntwo' },
  ]);
});
