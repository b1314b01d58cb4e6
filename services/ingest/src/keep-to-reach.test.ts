import { everything, type Principal } from '@runledger/access';
import { type AboutRun, keepToReach, type RunPlaces } from './keep-to-reach';

/** Places in memory: run a lies in project p, b in q; experiment ep in p, eq in q. */
function scene(second?: Record<string, string>) {
  const runs = new Map([
    ['a', 'p'],
    ['b', 'q'],
  ]);
  const asked: string[] = [];
  const places: RunPlaces = {
    projectsOf: async (_workspace, ids) => {
      asked.push(...ids);
      return new Map([...runs].filter(([run]) => ids.includes(run)));
    },
    projectsOfExperiments: async () =>
      new Map([
        ['ep', 'p'],
        ['eq', 'q'],
      ]),
    claim: async (_workspace, claims) => {
      for (const { run, project } of claims) runs.set(run, second?.[run] ?? project);
    },
  };
  return { places, asked, runs };
}
const who = (projects: Principal['projects']): Principal => ({
  workspace: 'w',
  actor: 'x',
  permissions: everything,
  projects,
});
type Started = { project?: string; experiment: string; fork?: { run: string; step: number } };
const about = (run: string, ...started: Started[]): AboutRun => ({
  run,
  events: [{ type: 'tags.set', data: {} }, ...started.map((data) => ({ type: 'run.started', data }))],
});

const OF_P = who({ only: ['p'] });
const NOT_Q = who({ except: ['q'] });

it.each<[Principal, AboutRun, 'in' | 'out']>([
  [OF_P, about('a'), 'in'],
  [NOT_Q, about('a'), 'in'],
  [OF_P, about('b'), 'out'],
  [NOT_Q, about('b'), 'out'],
  [OF_P, about('nobodys'), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'ep' }), 'in'],
  [OF_P, about('new', { project: 'q', experiment: 'eq' }), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'eq' }), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'nobodys' }), 'out'],
  [OF_P, about('new', { experiment: 'ep' }), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'ep', fork: { run: 'b', step: 1 } }), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'ep', fork: { run: 'nobodys', step: 1 } }), 'out'],
  [OF_P, about('new', { project: 'p', experiment: 'ep', fork: { run: 'a', step: 1 } }), 'in'],
  [OF_P, about('b', { project: 'p', experiment: 'ep' }), 'out'],
  [OF_P, about('a', { project: 'p', experiment: 'ep' }), 'in'],
])('%j about %j is %s', async (caller, one, expected) => {
  const { places } = scene();
  const outcome = await keepToReach(places, caller, [one]).then(
    () => 'in',
    ({ code }: { code: string }) => (code === 'INGEST_NO_RUN' ? 'out' : code),
  );
  expect(outcome).toBe(expected);
});

it('reads nothing for who reaches everything', async () => {
  const { places, asked } = scene();
  await keepToReach(places, who({ except: [] }), [about('b')]);
  expect(asked).toEqual([]);
});

it('leaves a run to who claimed it first', async () => {
  const { places } = scene({ new: 'q' });
  const late = keepToReach(places, OF_P, [about('new', { project: 'p', experiment: 'ep' })]);
  await expect(late).rejects.toMatchObject({ code: 'INGEST_NO_RUN' });
});

it('is all or nothing', async () => {
  const { places, runs } = scene();
  const mixed = [about('new', { project: 'p', experiment: 'ep' }), about('b')];
  await expect(keepToReach(places, OF_P, mixed)).rejects.toMatchObject({ code: 'INGEST_NO_RUN' });
  expect(runs.has('new')).toBe(false);
});
