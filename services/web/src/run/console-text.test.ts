import { consolePieces } from './console-text';

const plain = (text: string) => ({ text, colour: null, looks: [] });

it('colours what a terminal would colour', () => {
  expect(consolePieces('\u001b[32mok\u001b[0m 12 \u001b[1;91mbad\u001b[0m')).toEqual([
    { text: 'ok', colour: 'green', looks: [] },
    plain(' 12 '),
    { text: 'bad', colour: 'bright-red', looks: ['bold'] },
  ]);
});

it.each([
  ['a line without any', 'epoch 1 <b>', [plain('epoch 1 <b>')]],
  ['moves of the cursor', '\u001b[2K\u001b[1Gstep', [plain('step')]],
  ['a title of the window', '\u001b]0;evil\u0007text', [plain('text')]],
  ['other colours', '\u001b[38;5;200mpink\u001b[0m', [plain('pink')]],
  ['nothing', '', [plain('')]],
])('shows %s as text', (_, line, pieces) => expect(consolePieces(line)).toEqual(pieces));
