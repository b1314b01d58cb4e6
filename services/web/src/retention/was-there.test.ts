import { wasThere } from './was-there';

const nothing = { points: null, metrics: null, files: null, bytes: null };

it('says what there was, of points and of artifacts', () => {
  expect(wasThere({ ...nothing, what: 'points', points: 1_200, metrics: 1 })).toBe('1,200 points of 1 metric');
  expect(wasThere({ ...nothing, what: 'artifacts', files: 1, bytes: 2_048 })).toBe('1 artifact of 2.0 KiB');
});
