import { ConsoleLog } from './console-log';
import { FactLog } from './fact-log';

type Written = { stream: string; firstLine: number; lines: Array<{ text: string }> };

function scene() {
  const events: Written[] = [];
  const facts = new FactLog({
    run: 'r',
    writer: 'w',
    maxAgeMs: 60_000,
    totals: () => ({ batches: 0, points: 0 }),
    append: (_, payload) => {
      for (const { data } of (JSON.parse(payload.toString()) as { events: Array<{ data: Written }> }).events)
        events.push(data);
    },
    failed: () => undefined,
  });
  return { log: new ConsoleLog(facts, 60_000), events };
}

describe('console lines', () => {
  it('are numbered for each stream over all batches', () => {
    const { log, events } = scene();
    log.write('stdout', 'a\nb\n');
    log.write('stderr', 'x');
    log.seal();
    log.write('stdout', 'c\r\n\nd');
    log.seal();
    const shown = events.map(({ stream, firstLine, lines }) => [stream, firstLine, lines.map(({ text }) => text)]);
    expect(shown).toEqual([
      ['stdout', 0, ['a', 'b']],
      ['stderr', 0, ['x']],
      ['stdout', 2, ['c', '', 'd']],
    ]);
  });

  it('are cut when they are too long and made clean, but never dropped', () => {
    const { log, events } = scene();
    log.write('stdout', `${'y'.repeat(25_000)}\nnul \u0000 and half \ud800`);
    for (let i = 0; i < 12_000; i++) log.write('stdout', String(i));
    log.seal();
    const lines = events.flatMap((event) => event.lines.map(({ text }) => text));
    expect(lines.slice(0, 3).map(({ length }) => length)).toEqual([10_000, 10_000, 5_000]);
    expect(lines[3]).toBe('nul \u2400 and half \ufffd');
    expect(lines.slice(4)).toEqual(Array.from({ length: 12_000 }, (_, i) => String(i)));
    for (const [i, { firstLine }] of events.entries())
      expect(firstLine).toBe(events.slice(0, i).reduce((sum, event) => sum + event.lines.length, 0));
  });
});
