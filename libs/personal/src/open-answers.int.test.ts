import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { createOpenAnswer } from './open-answers';
import { openPersonalData } from './open-personal-data';
import { type PersonalData, subjectNamed } from './personal-data';

const NAME = 'Ada "the\n first", Gräfin';
let folder: TemporaryFolder;
let personal: PersonalData;
let sealed = '';
beforeAll(async () => {
  folder = temporaryFolder('open-answers');
  personal = await openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/key` });
  sealed = await personal.seal('w', subjectNamed(NAME), NAME);
});
afterAll(() => folder.remove());

it.each(['application/json; charset=utf-8', 'application/x-ndjson', 'text/event-stream'])(
  'opens in %s',
  async (type) => {
    const opened = await createOpenAnswer(personal)('w', type, JSON.stringify({ user: sealed, n: 1 }));
    expect(JSON.parse(opened as string)).toEqual({ user: NAME, n: 1 });
  },
);

it('opens in quoted CSV', async () => {
  const opened = await createOpenAnswer(personal)('w', 'text/csv', Buffer.from(`"a","${sealed}"\n`));
  expect(opened).toBe(`"a","${NAME.replaceAll('"', '""')}"\n`);
});

it('opens in streams, wherever they are cut', async () => {
  const body = JSON.stringify({ äöü: sealed, again: [sealed, 'sealed~', 'sealed~1~'] });
  const bytes = Buffer.from(body);
  for (const size of [1, 7, 64, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    const opened = await createOpenAnswer(personal)('w', 'application/json', Readable.from(pieces));
    expect(JSON.parse(await text(opened as Readable))).toEqual({ äöü: NAME, again: [NAME, 'sealed~', 'sealed~1~'] });
  }
});

it('leaves bytes of other kinds, and what other workspaces have sealed, as they are', async () => {
  const open = createOpenAnswer(personal);
  const bytes = Buffer.from(sealed);
  expect(open('w', 'application/octet-stream', bytes)).toBeUndefined();
  expect(open('w', 'application/x-tar', bytes)).toBeUndefined();
  expect(await open('v', 'application/json', JSON.stringify(sealed))).toBe('"[sealed]"');
});
