import type { RetentionPreview } from '@runledger/contracts/http';
import { previewSaid } from './preview-said';

const term = { days: 0, from: '2026-01-01T00:00:00.000Z', runs: 0, held: { runs: 0, listed: [] } };
const nothing: RetentionPreview = {
  project: 'p',
  points: { ...term, metrics: 0, points: 0 },
  artifacts: { ...term, files: 0, bytes: 0, freed: 0 },
};
const of = (points: Partial<RetentionPreview['points']>, artifacts: Partial<RetentionPreview['artifacts']>) =>
  previewSaid({
    ...nothing,
    points: { ...nothing.points, ...points },
    artifacts: { ...nothing.artifacts, ...artifacts },
  });
const held = { runs: 2, listed: [] };

it('says what of each would go', () => {
  expect(of({ runs: 1, metrics: 2, points: 60 }, { runs: 2, files: 1, bytes: 2048, freed: 2048 })).toEqual([
    'Points of runs: 60 points of 2 metrics, in 1 run',
    'Artifacts of runs: 1 file of 2 runs, 2.0 KiB',
  ]);
});

it('says that nothing would, and what a hold keeps', () => {
  expect(of({ held }, { runs: 1, files: 1, bytes: 1, freed: 1, held: { runs: 1, listed: [] } })).toEqual([
    'Points of runs: nothing; a hold keeps those of 2 other runs',
    'Artifacts of runs: 1 file of 1 run, 1 B; a hold keeps those of 1 other run',
  ]);
});

it.each([
  [1024, ', of which 1.0 KiB nobody else has'],
  [0, ', all of which others have as well'],
])('says of bytes that others have that only %p go', (freed, said) => {
  expect(of({}, { runs: 1, files: 1, bytes: 2048, freed })[1]).toBe(
    `Artifacts of runs: 1 file of 1 run, 2.0 KiB${said}`,
  );
});
