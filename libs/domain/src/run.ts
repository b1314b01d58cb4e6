import type { Mark, Place, RunFact, RunRow } from '@runledger/contracts';

/** A run of which nothing is known but that its first fact lies at `first`. */
export const unseenRun = (first: Mark): RunRow => ({
  project: 'default',
  experiment: null,
  name: null,
  description: null,
  status: 'unannounced',
  lifecycle: 'active',
  startedAt: null,
  finishedAt: null,
  message: null,
  parent: null,
  forkRun: null,
  forkStep: null,
  first: { offset: first.offset, ordinal: first.ordinal, time: first.time },
  finish: null,
});

type Started = Extract<RunFact, { type: 'run.started' }>;
type Updated = Extract<RunFact, { type: 'run.updated' }>;
type Finished = Extract<RunFact, { type: 'run.finished' }>;

/** The first announcement fills in what nobody said before; it may come after the finish, which then stays. */
function announce(run: RunRow, { data, time }: Started): RunRow {
  return {
    ...run,
    project: data.project,
    experiment: data.experiment,
    name: run.name ?? data.name ?? null,
    status: run.finish === null ? 'running' : run.status,
    startedAt: Date.parse(data.startedAt ?? time),
    parent: data.parent ?? null,
    forkRun: data.fork?.run ?? null,
    forkStep: data.fork === undefined ? null : String(data.fork.step),
  };
}

/**
 * Announced again: what the run is stays as it was first announced. Where it says that it began after the finish, a new
 * process carries the run on; where it began before, it is one of many ranks whose announcement comes late. A run that waited for
 * its turn runs.
 */
function announceAgain(run: RunRow, { data, time }: Started): RunRow {
  if (run.status === 'scheduled') return { ...run, status: 'running' };
  const resumed = run.finishedAt !== null && Date.parse(data.startedAt ?? time) > run.finishedAt;
  return resumed ? { ...run, status: 'running', finishedAt: null, message: null, finish: null } : run;
}

function update(run: RunRow, { data }: Updated): RunRow {
  return {
    ...run,
    name: data.name ?? run.name,
    description: data.description ?? run.description,
    lifecycle: data.lifecycle ?? run.lifecycle,
    ...(data.scheduled === true && { status: 'scheduled', finishedAt: null, message: null, finish: null }),
  };
}

function finish(run: RunRow, { data, time }: Finished, at: Mark): RunRow {
  return {
    ...run,
    status: data.outcome,
    finishedAt: Date.parse(data.finishedAt ?? time),
    message: data.message ?? null,
    finish: { offset: at.offset, ordinal: at.ordinal, time: at.time },
  };
}

/**
 * Total by design: a tracker records what clients say, so no fact is refused, whatever order it comes in. Order is
 * the log's; the only clocks compared are the client's own, of a finish and a later announcement.
 */
export function evolveRun(run: RunRow, fact: RunFact, at: Place): RunRow {
  switch (fact.type) {
    case 'run.started':
      return run.startedAt === null ? announce(run, fact) : announceAgain(run, fact);
    case 'run.updated':
      return update(run, fact);
    case 'run.finished':
      return finish(run, fact, at);
    case 'params.logged':
    case 'tags.set':
    case 'tags.deleted':
    case 'inputs.used':
    case 'outputs.made':
    case 'run.linked':
    case 'models.measured':
    case 'models.used':
    case 'code.recorded':
    case 'environment.recorded':
    case 'artifact.stored':
    case 'artifacts.deleted':
    case 'writer.closed':
      return run;
    default:
      return fact satisfies never;
  }
}
