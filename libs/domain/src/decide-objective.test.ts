import { decideObjective, type ObjectiveCommand } from './decide-objective';
import { evolveObjective, type Objective, unseenObjective } from './objective';

const definition = { name: 'good', metric: 'acc', aggregate: 'max', comparison: '>=', threshold: 0.9 } as const;
const scope = { kind: 'project', id: 'p' } as const;
const define = (
  more: object = {},
  where: { kind: 'project' | 'experiment'; id: string } = scope,
): ObjectiveCommand => ({
  name: 'define-objective',
  objective: 'o',
  scope: where,
  definition: { ...definition, ...more },
});
const RETIRE: ObjectiveCommand = { name: 'retire-objective', objective: 'o' };
const after = (...commands: readonly ObjectiveCommand[]): Objective =>
  commands.reduce((state: Objective, command) => {
    const outcome = decideObjective(command, state);
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value.events.reduce(evolveObjective, state);
  }, unseenObjective);
const claim = (name: string, of = 'project/p') => ({ kind: 'objective-name', name: `${of}/${name}` });

describe('an objective', () => {
  it('is numbered by its definitions, and holds one name in its scope', () => {
    expect(decideObjective(define(), unseenObjective)).toMatchObject({
      value: {
        events: [{ type: 'objective.defined', data: { number: 1, threshold: 0.9 } }],
        claims: { take: [claim('good')], release: [], need: [{ kind: 'project', name: 'p' }] },
      },
    });
    expect(decideObjective(define({ name: 'better' }), after(define()))).toMatchObject({
      value: { events: [{ data: { number: 2 } }], claims: { take: [claim('better')], release: [claim('good')] } },
    });
    expect(decideObjective(define({ threshold: 1 }), after(define()))).toMatchObject({
      value: { events: [{ data: { number: 2, threshold: 1 } }], claims: { take: [], release: [] } },
    });
    expect(decideObjective(define(), after(define()))).toMatchObject({ value: { events: [] } });
  });

  it('stays where it is, gives its name back, and comes back with the next number', () => {
    const elsewhere = define({}, { kind: 'experiment', id: 'p' });
    expect(decideObjective(elsewhere, after(define()))).toMatchObject({ code: 'OBJECTIVE_ELSEWHERE' });
    expect(decideObjective(RETIRE, after(define()))).toMatchObject({
      value: { events: [{ type: 'objective.retired' }], claims: { release: [claim('good')] } },
    });
    expect(decideObjective(RETIRE, after(define(), RETIRE))).toMatchObject({ value: { events: [] } });
    expect(decideObjective(RETIRE, unseenObjective)).toMatchObject({ code: 'OBJECTIVE_UNKNOWN' });
    expect(decideObjective(define(), after(define(), RETIRE))).toMatchObject({
      value: { events: [{ data: { number: 2 } }], claims: { take: [claim('good')] } },
    });
  });
});
