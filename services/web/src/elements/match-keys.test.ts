import { matchKeys, nameOfKey } from './match-keys';

const action = (keys: string) => ({ name: keys, keys, run: () => undefined });
const actions = [action('g e'), action('/'), action('mod+k')];
const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

it('names keys with Ctrl or Cmd alike, and leaves out what is no character', () => {
  expect(nameOfKey(press('K', { ctrlKey: true }))).toBe('mod+k');
  expect(nameOfKey(press('k', { metaKey: true }))).toBe('mod+k');
  expect(nameOfKey(press('?'))).toBe('?');
  expect(nameOfKey(press('Tab'))).toBeNull();
  expect(nameOfKey(press('e', { altKey: true }))).toBeNull();
});

it('finds an action by one key or two after another', () => {
  expect(matchKeys(actions, '', '/').action?.name).toBe('/');
  expect(matchKeys(actions, '', 'g')).toEqual({ action: null, pending: 'g' });
  expect(matchKeys(actions, 'g', 'e').action?.name).toBe('g e');
  expect(matchKeys(actions, 'g', '/').action?.name).toBe('/');
  expect(matchKeys(actions, '', 'x')).toEqual({ action: null, pending: '' });
});

it('takes the newest of two offers', () => {
  const newer = { ...action('/'), name: 'newer' };
  expect(matchKeys([...actions, newer], '', '/').action).toBe(newer);
});
