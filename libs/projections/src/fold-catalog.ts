import type { CatalogProjection, ExperimentRow, PlacedDecision, RowKey, Version } from '@runledger/contracts';
import { evolveExperiment, unseenExperiment } from '@runledger/domain';
import { createHistory, rowId } from './history';

const keyOf = ({ workspace, event }: PlacedDecision): RowKey => ({ workspace, id: event.data.experiment, name: '' });

function evolveRow(row: ExperimentRow | undefined, { event, journalseq: seq }: PlacedDecision): ExperimentRow {
  const before =
    row === undefined
      ? unseenExperiment
      : { status: row.lifecycle, project: row.project, name: row.name, tags: row.tags };
  const { status, project, name, tags } = evolveExperiment(before, event);
  const created = event.type === 'experiment.created';
  return {
    project,
    name,
    lifecycle: status === 'deleted' ? 'deleted' : 'active',
    tags,
    createdAt: created ? Date.parse(event.time) : (row?.createdAt ?? null),
    createdSeq: created ? seq : (row?.createdSeq ?? seq),
    seq,
  };
}

/** What decisions about experiments come to: one row an experiment. */
export const foldCatalog: CatalogProjection = {
  touches: (decisions) => [...new Map(decisions.map((d) => [rowId(keyOf(d)), keyOf(d)])).values()],
  fold(decisions, rows: ReadonlyArray<Version<ExperimentRow>>) {
    const history = createHistory(rows);
    for (const decision of decisions) {
      const key = keyOf(decision);
      history.put(key, evolveRow(history.get(key), decision), decision.at);
    }
    return history.change();
  },
};
