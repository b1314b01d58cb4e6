import { compareItems, type Item, matches, parseFilter, parseOrder } from '@runledger/filter';
import type { ExperimentRecord } from '@runledger/postgres';
import type { MlflowRoom } from './mlflow-room';

export type ExperimentSearch = Readonly<{
  workspace: string;
  lifecycle: 'active' | 'deleted' | 'all';
  filter: string;
  orderBy: readonly string[];
  limit: number;
  /** Id of the last one of the page before. */
  after: string | undefined;
}>;

/** Experiments that are looked at. They are few, so that they are filtered as the language defines it, without a plan. */
const MOST_EXPERIMENTS = 50_000;

const itemOf = (experiment: ExperimentRecord): Item => ({
  attributes: {
    name: experiment.name,
    experiment_id: experiment.experiment,
    creation_time: experiment.createdAt,
    last_update_time: experiment.updatedAt,
    project: experiment.project,
    lifecycle_stage: experiment.lifecycle,
  },
  tags: new Map(experiment.tags.map(({ key, value }) => [key, value])),
});

/** A page of experiments; without an order the newest come first. `next` is null on the last page. */
export async function searchExperiments(
  { metadata }: Pick<MlflowRoom, 'metadata'>,
  { workspace, lifecycle, filter, orderBy, limit, after }: ExperimentSearch,
): Promise<{ experiments: ExperimentRecord[]; next: string | null }> {
  const tree = parseFilter(filter, 'experiment');
  const order = parseOrder(orderBy, 'experiment');
  const all = await metadata.listExperiments(workspace, { lifecycle, limit: MOST_EXPERIMENTS });
  const found = all
    .map((record) => ({ record, item: itemOf(record) }))
    .filter(({ item }) => matches(item, tree, 'experiment'));
  found.sort((a, b) => compareItems(a.item, b.item, order) || b.record.createdSeq - a.record.createdSeq);
  const start = after === undefined ? 0 : found.findIndex(({ record }) => record.experiment === after) + 1;
  const page = found.slice(start, start + limit).map(({ record }) => record);
  return { experiments: page, next: found.length > start + limit ? (page.at(-1)?.experiment ?? null) : null };
}
