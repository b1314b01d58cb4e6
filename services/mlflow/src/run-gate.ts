import type { Unmoved } from '@runledger/bus';
import { holdsProject, partitionOfRun, type Reach, TOPICS, wholeWorkspace } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { ExperimentRecord, MetadataReads, PositionReads, RunRecord } from '@runledger/postgres';
import { type LogEnds, type Scope, shareCalls } from '@runledger/reads';

/** A run as it stood at the end of its partition, with its experiment. */
export type GatedRun = Readonly<{ run: RunRecord; experiment: ExperimentRecord | null }>;

/** Looks before a write is published. Two that really race are not told apart here: log order decides, and the loser is kept as a conflict. */
export interface RunGate {
  /** @throws Fault missing MLFLOW_NO_RUN */
  find(reach: Reach, run: string): Promise<GatedRun>;
  /** @throws Fault missing MLFLOW_NO_RUN, invalid MLFLOW_RUN_DELETED */
  active(reach: Reach, run: string): Promise<GatedRun>;
  /** What a run that was active is remembered from: it still is while that has not moved. Undefined: look. */
  since(reach: Reach, run: string): Unmoved | undefined;
}

type Known = GatedRun & Readonly<{ end: number; decided: number }>;
type Parts = Readonly<{
  settle: (scope: Scope) => Promise<void>;
  ends: LogEnds;
  positions: Pick<PositionReads, 'decided'>;
  metadata: Pick<MetadataReads, 'getRun' | 'getExperiment'>;
}>;

/** Runs that are remembered. */
const MOST_KNOWN = 10_000;

export const noRun = (run: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_RUN', `Run with id=${JSON.stringify(run.slice(0, 200))} not found`);

/** A run of a deleted experiment is deleted with it. */
export const isDeleted = ({ run, experiment }: GatedRun): boolean =>
  run.lifecycle === 'deleted' || experiment?.lifecycle === 'deleted';

export function createRunGate({ settle, ends, positions, metadata }: Parts): RunGate {
  /** In the order of their last use. */
  const known = new Map<string, Known>();

  /** How far the log of runs and the workspace's journal have come, asked once for all writes that come meanwhile. */
  const look = shareCalls((workspace: string) =>
    Promise.all([ends.ends([TOPICS.runs.name]), positions.decided(workspace)]),
  );

  /** What is known from this place on holds until it moves. */
  async function placeOf(workspace: string, run: string): Promise<Pick<Known, 'end' | 'decided'>> {
    const partition = partitionOfRun('runs', workspace, run);
    const [found, decided] = await look(workspace);
    return { end: found.find((end) => end.partition === partition)?.offset ?? 0, decided };
  }

  function remember(id: string, one: Known): void {
    known.delete(id);
    known.set(id, one);
    if (known.size <= MOST_KNOWN) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  async function findIn(workspace: string, id: string): Promise<GatedRun> {
    const name = `${workspace}/${id}`;
    const place = await placeOf(workspace, id);
    const before = known.get(name);
    if (before !== undefined && before.end >= place.end && before.decided >= place.decided) {
      remember(name, before);
      return before;
    }
    await settle({ workspace, run: id, uses: ['runs', 'catalog'] });
    const run = await metadata.getRun(wholeWorkspace(workspace), id);
    if (run === null) throw noRun(id);
    const experiment =
      run.experiment === null ? null : await metadata.getExperiment(wholeWorkspace(workspace), run.experiment);
    const found = { run, experiment, ...place };
    remember(name, found);
    return found;
  }

  /** What is remembered is so for everybody; who may see it is looked at each time. */
  async function find({ workspace, projects }: Reach, id: string): Promise<GatedRun> {
    const found = await findIn(workspace, id);
    if (!holdsProject(projects, found.run.project)) throw noRun(id);
    return found;
  }

  return {
    find,
    since({ workspace, projects }, run) {
      const one = known.get(`${workspace}/${run}`);
      if (one === undefined || isDeleted(one) || !holdsProject(projects, one.run.project)) return undefined;
      remember(`${workspace}/${run}`, one);
      const partition = partitionOfRun('runs', workspace, run);
      const end = { topic: TOPICS.runs.name, partition, offset: one.end };
      return { workspace, end, decided: one.decided };
    },
    async active(reach, run) {
      const found = await find(reach, run);
      if (isDeleted(found))
        throw new Fault(
          'invalid',
          'MLFLOW_RUN_DELETED',
          `The run ${run} must be in the 'active' state, and is deleted.`,
        );
      return found;
    },
  };
}
