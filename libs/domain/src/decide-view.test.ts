import { decideView } from './decide-view';
import { evolveView, unseenView } from './view';

const save = (as: string, search = '?q=a') => ({
  name: 'save-view' as const,
  view: 'v1',
  experiment: 'e1',
  as,
  search,
});
const remove = { name: 'delete-view', view: 'v1' } as const;
const data = { view: 'v1', experiment: 'e1', name: 'best', search: '?q=a' };
const saved = evolveView(unseenView, { type: 'view.saved', data });
const name = (of: string) => ({ kind: 'view-name', name: `e1/${of}` });

it('is saved under a name of its own', () => {
  expect(decideView(save('best'), unseenView)).toMatchObject({
    ok: true,
    value: { events: [{ type: 'view.saved', data }], claims: { take: [name('best')], release: [] } },
  });
});

it('is saved anew under its name or another', () => {
  expect(decideView(save('best'), saved)).toMatchObject({ value: { events: [] } });
  expect(decideView(save('best', '?q=b'), saved)).toMatchObject({ value: { claims: { take: [], release: [] } } });
  expect(decideView(save('worst'), saved)).toMatchObject({
    value: { claims: { take: [name('worst')], release: [name('best')] } },
  });
});

it('gives its name back when it is deleted, and takes it when it comes back', () => {
  expect(decideView(remove, unseenView)).toMatchObject({ ok: false, code: 'VIEW_UNKNOWN' });
  expect(decideView(remove, saved)).toMatchObject({
    value: { events: [{ type: 'view.deleted' }], claims: { release: [name('best')] } },
  });
  const deleted = evolveView(saved, { type: 'view.deleted', data: { view: 'v1' } });
  expect(decideView(remove, deleted)).toMatchObject({ value: { events: [] } });
  expect(decideView(save('best'), deleted)).toMatchObject({ value: { claims: { take: [name('best')], release: [] } } });
});
