import { FIRST_LOOK } from './curves-question';
import { readLook } from './kept-look';

it('takes up what was chosen, and nothing else', () => {
  const look = {
    x: 'time',
    smoothing: { method: 'running-average', strength: 0.5 },
    logX: true,
    logY: true,
    ranks: true,
  };
  expect(readLook(JSON.stringify(look))).toEqual(look);
  const nonsense = [null, '', '{', '7', 'null', '[]', '{"x":"y","smoothing":7}', '{"smoothing":{"strength":2}}'];
  for (const text of nonsense) expect(readLook(text)).toEqual(FIRST_LOOK);
});
