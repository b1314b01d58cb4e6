import anser from 'anser';

/** A piece of a line in one look. `colour` is one of the terminal's sixteen by name, such as `bright-red`. */
export type ConsolePiece = Readonly<{ text: string; colour: string | null; looks: readonly string[] }>;

/** What moves the cursor, and titles of windows, mean nothing on a page; colours are the only thing that is kept. */
const MOVES = /\u001b(?:\[[0-?]*[ -/]*[@-ln-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;
const COLOUR = /^ansi-((?:bright-)?(?:black|red|green|yellow|blue|magenta|cyan|white))$/;
const LOOKS = ['bold', 'italic', 'underline'];

/** A printed line as a terminal would colour it (ECMA-48, select graphic rendition). Other colours than the sixteen are left out. */
export function consolePieces(line: string): ConsolePiece[] {
  const text = line.replace(MOVES, '');
  if (!text.includes('\u001b')) return [{ text, colour: null, looks: [] }];
  return anser.ansiToJson(text, { use_classes: true, remove_empty: true }).map(({ content, fg, decorations }) => ({
    text: content,
    colour: fg?.match(COLOUR)?.[1] ?? null,
    looks: decorations.filter((one) => LOOKS.includes(one)),
  }));
}
