import { matches, parseFilter } from '@runledger/filter';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openPersonalData } from './open-personal-data';
import { type PersonalData, subjectNamed } from './personal-data';
import { sealedFilter } from './sealed-filter';

let folder: TemporaryFolder;
let personal: PersonalData;
beforeAll(async () => {
  folder = temporaryFolder('sealed-filter');
  personal = await openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/key` });
});
afterAll(() => folder.remove());

const USERS = ['ada', 'Adam', 'bea', 'b.e@a', ''];

// What the search answers on sealed rows is what the language says of the same rows in clear.
it.each([
  "tags.`mlflow.user` = 'ada'",
  "tags.`mlflow.user` != 'ada'",
  "tags.`mlflow.user` IN ('ada', 'bea', 'nobody')",
  "tags.`mlflow.user` NOT IN ('ada', 'bea')",
  "tags.`mlflow.user` LIKE '%a%'",
  "tags.`mlflow.user` LIKE '%sealed%'",
  "tags.`mlflow.user` ILIKE 'AD%'",
  "NOT tags.`mlflow.user` RLIKE '^b'",
  "user_id = 'bea' OR tags.other = 'ada'",
  'tags.`mlflow.user` IS NOT NULL',
])('finds by %s', async (text) => {
  const filter = parseFilter(text, 'run');
  const sealed = await Promise.all(
    USERS.map(async (user) => (user === '' ? '' : personal.seal('w', subjectNamed(user), user))),
  );
  const translated = await sealedFilter(personal, 'w', filter, 'run');
  const found = (users: readonly string[], by: typeof filter) =>
    users.map((user) => matches({ attributes: { user_id: user }, tags: new Map([['mlflow.user', user]]) }, by, 'run'));
  expect(found(sealed, translated)).toEqual(found(USERS, filter));
  // Rows from before anything was sealed.
  expect(found(USERS, translated)).toEqual(found(USERS, filter));
});
