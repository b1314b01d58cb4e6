import fc from 'fast-check';
import { diffLines } from './diff-lines';

/** What a unified diff makes of a text. */
function patched(a: string, diff: string): string {
  const lines = a.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n')) {
    const header = /^@@ -(\d+),(\d+) /.exec(line);
    if (header !== null) {
      const begin = header[2] === '0' ? Number(header[1]) : Number(header[1]) - 1;
      while (at < begin) out.push(lines[at++] as string);
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      expect(lines[at]).toBe(line.slice(1));
      if (line.startsWith(' ')) out.push(lines[at] as string);
      at++;
    }
  }
  return [...out, ...lines.slice(at)].join('\n');
}

describe('a diff of lines', () => {
  it('turns the one text into the other, whatever they are', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const diff = diffLines(a, b);
        expect(diff === '' ? a : patched(a, diff ?? '')).toBe(b);
      }),
      { numRuns: 500 },
    );
  });

  it('shows what changed with three lines around it', () => {
    const a = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const b = a.map((line) => (line === '5' ? 'five' : line));
    expect(diffLines(a.join('\n'), b.join('\n'))).toBe('@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8');
  });

  it('is not made of texts that are too long', () => {
    const long = (word: string) => Array.from({ length: 3_000 }, (_, i) => `${word}${i}`).join('\n');
    expect(diffLines(long('a'), long('b'))).toBeNull();
  });
});
