import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openPersonalData } from './open-personal-data';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder('personal-data');
});
afterEach(() => folder.remove());

it('seals each text of events once, and says what it became', async () => {
  const personal = await openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/key` });
  const seal = jest.spyOn(personal, 'seal');
  const recorded = { type: 'environment.recorded', data: { host: 'ada-laptop', command: 'train' } };
  const { events, texts } = await personal.sealEvents('w', 'person/1', [recorded, recorded]);
  expect(seal).toHaveBeenCalledTimes(2);
  expect([...texts.keys()]).toEqual(['ada-laptop', 'train']);
  const data = { host: texts.get('ada-laptop'), command: texts.get('train') };
  expect(events.map((event) => event.data)).toEqual([data, data]);
  expect(await personal.opened('w', JSON.stringify(events[1]?.data))).toBe(JSON.stringify(recorded.data));
});
