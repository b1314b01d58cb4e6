import { consoleAnswer, receiptsAnswer } from '@runledger/contracts/http';
import type { z } from 'zod';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
const TIME = '2026-01-02T03:04:05.678Z';
const EVENTS = 12;
const LINES = 25;
const textOf = (event: number, line: number): string =>
  `epoch ${event} line ${line}${line % 10 === 3 ? ' Wärning: 100%' : ''}`;

beforeAll(async () => {
  scene = await openScene();
  for (let event = 0; event < EVENTS; event++) {
    const lines = Array.from({ length: LINES }, (_, line) => ({ time: TIME, text: textOf(event, line) }));
    const stream = event % 3 === 2 ? 'stderr' : 'stdout';
    const written = {
      id: `e${event}`,
      type: 'console.written',
      data: { stream, firstLine: event * LINES, lines },
    } as const;
    const sent = { writer: event % 2 === 0 ? 'w0' : 'w1', sequence: event >> 1 };
    await scene.record.facts('talks', [written], sent);
    if (event % 4 === 0) await scene.record.facts('talks', [written], sent); // comes twice, and shows once
  }
  await scene.record.facts('quiet', [{ type: 'run.started', data: { experiment: 'e' } }]);
  await scene.record.facts('talks', [{ type: 'writer.closed', data: { writer: 'w0', topic: 'console', batches: 7 } }]);
  await scene.record.projectConsole();
  await scene.record.projectMetadata();
});
afterAll(() => scene.close());

const ALL = Array.from({ length: EVENTS }, (_, e) => Array.from({ length: LINES }, (_n, l) => textOf(e, l))).flat();
async function lines(query = ''): Promise<z.output<typeof consoleAnswer>> {
  const answer = await read(scene, `runs/talks/console${query}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return consoleAnswer.parse(answer.body);
}
const textsOf = (answer: z.output<typeof consoleAnswer>): string[] => answer.lines.map(({ text }) => text);

it('shows every line once, in the order in which it came, page by page', async () => {
  expect(textsOf(await lines())).toEqual(ALL);
  expect((await lines()).lines[60]).toEqual({
    stream: 'stderr',
    writer: 'w0',
    number: 60,
    time: TIME,
    text: textOf(2, 10),
  });
  const found: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: z.output<typeof consoleAnswer> = await lines(`?limit=77${token === '' ? '' : `&page_token=${token}`}`);
    found.push(...textsOf(page));
    token = page.nextPageToken;
  }
  expect(found).toEqual(ALL);
});

it('begins at the end, goes back page by page, and on with what comes', async () => {
  const last = await lines('?tail=true&limit=30');
  expect(textsOf(last)).toEqual(ALL.slice(-30));
  const before = await lines(`?tail=true&limit=30&page_token=${last.nextPageToken}`);
  expect(textsOf(before)).toEqual(ALL.slice(-60, -30));
  expect(textsOf(await lines(`?page_token=${last.resumeToken}`))).toEqual([]);
  await scene.record.facts('talks', [
    { type: 'console.written', data: { stream: 'stdout', firstLine: 0, lines: [{ time: TIME, text: 'late' }] } },
  ]);
  const at = await scene.log.ends(['runledger.console.v1']);
  await scene.record.projectConsole();
  expect(at.length).toBeGreaterThan(0);
  const on = await lines(`?page_token=${last.resumeToken}&strong=true`);
  expect(on.lines).toEqual([{ stream: 'stdout', writer: '', number: 0, time: TIME, text: 'late' }]);
  expect(textsOf(await lines(`?page_token=${on.resumeToken}`))).toEqual([]);
});

it('finds text as text, whatever the case of its letters', async () => {
  const warnings = ALL.filter((text) => text.includes('Wärning'));
  expect(textsOf(await lines('?contains=wärning'))).toEqual(warnings);
  expect(textsOf(await lines('?contains=100%25&limit=5'))).toEqual(warnings.slice(0, 5));
  expect(textsOf(await lines('?contains=100_'))).toEqual([]);
  expect(textsOf(await lines("?contains=' or 1=1 --"))).toEqual([]);
  const streams = new Set(
    (await lines('?stream=stderr&writer=w1')).lines.map(({ stream, writer }) => `${stream} ${writer}`),
  );
  expect([...streams]).toEqual(['stderr w1']);
});

it('tells what is stored of each writer, and what is missing', async () => {
  const { receipts } = receiptsAnswer.parse((await read(scene, 'runs/talks/receipts')).body);
  expect(receipts.filter(({ topic }) => topic === 'console')).toEqual([
    {
      topic: 'console',
      writer: 'w0',
      sent: 7,
      sentPoints: 0,
      stored: 6,
      points: 0,
      missing: 1,
      gaps: [{ first: 6, last: 6 }],
    },
    { topic: 'console', writer: 'w1', sent: null, sentPoints: null, stored: 6, points: 0, missing: 0, gaps: [] },
  ]);
});

it('keeps the first of two events of one id, and notes the other', async () => {
  const event = (text: string) =>
    ({
      id: 'same',
      type: 'console.written',
      data: { stream: 'stdout', firstLine: 0, lines: [{ time: TIME, text }] },
    }) as const;
  await scene.record.facts('twice', [event('one')]);
  await scene.record.facts('twice', [event('two')]);
  await scene.record.projectConsole();
  const { body } = await read(scene, 'runs/twice/console');
  expect(textsOf(consoleAnswer.parse(body))).toEqual(['one']);
  const conflicts = await scene.source.query(
    `select kind, value -> 'data' -> 'lines' -> 0 ->> 'text' as text from read.conflict where run = 'twice'`,
  );
  expect(conflicts).toEqual([{ kind: 'event', text: 'two' }]);
});

it('says that a run has printed nothing, and that there is no such run', async () => {
  expect((await read(scene, 'runs/quiet/console')).body).toEqual({
    run: 'quiet',
    lines: [],
    nextPageToken: null,
    resumeToken: null,
  });
  expect(refusalOf(await read(scene, 'runs/none/console'))).toEqual([404, 'QUERY_NO_RUN']);
  expect(refusalOf(await read(scene, 'runs/talks/console', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
  const { resumeToken } = await lines('?limit=1');
  expect(refusalOf(await read(scene, `runs/quiet/console?page_token=${resumeToken}`))).toEqual([
    400,
    'READS_BAD_PAGE_TOKEN',
  ]);
});
