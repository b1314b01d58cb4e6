import { FACTS, readEvent } from '@runledger/contracts';
import { measuredFacts } from './logged-models-measurements';
import { readMetrics } from './read-metrics';

const measured = (items: readonly object[]) => measuredFacts(items, readMetrics(items));

describe('metrics of a request', () => {
  it('that name no logged model say nothing of any', () => {
    expect(measured([])).toEqual([]);
    expect(
      measured([
        { key: 'a', value: 1, timestamp: 1 },
        { key: 'a', value: 1, timestamp: 1, model_id: '' },
      ]),
    ).toEqual([]);
  });

  it('that name one say exactly what the points say', () => {
    const facts = measured([
      { key: 'acc', value: 0.5, timestamp: 5, step: 3, model_id: 'm-1', dataset_name: 'digits', dataset_digest: 'd' },
      { key: 'other', value: 1, timestamp: 1 },
      { key: 'loss', value: 'NaN', timestamp: '9223372036854775807', step: -1, model_id: 'm-2', dataset_name: '' },
    ]);
    expect(facts).toEqual([
      {
        type: 'models.measured',
        data: {
          measurements: [
            { loggedModel: 'm-1', key: 'acc', value: 0.5, step: 3, time: 5, dataset: { name: 'digits', digest: 'd' } },
            { loggedModel: 'm-2', key: 'loss', value: 'NaN', step: -1, time: '9223372036854775807' },
          ],
        },
      },
    ]);
    for (const { data } of facts) {
      const stored = { id: 'e', type: 'models.measured', time: '2026-01-01T00:00:00Z', dataversion: 1, data };
      expect(readEvent(FACTS['models.measured'], stored).data).toEqual(data);
    }
  });

  it.each([7, 'a b', {}, '../x'])('that name %p as a model are refused', (model_id) =>
    expect(() => measured([{ key: 'a', value: 1, timestamp: 1, model_id }])).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'MLFLOW_BAD_METRIC' }),
    ),
  );
});
