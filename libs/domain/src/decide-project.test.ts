import fc from 'fast-check';
import { decideProject, type ProjectCommand } from './decide-project';
import { evolveProject, type ProjectChange, unseenProject } from './project';

const create = (as: string, description = ''): ProjectCommand => ({
  name: 'create-project',
  project: 'p1',
  as,
  description,
});
const rename = (to: string): ProjectCommand => ({ name: 'rename-project', project: 'p1', to });
const describeAs = (description: string): ProjectCommand => ({ name: 'describe-project', project: 'p1', description });
const after = (...history: ProjectChange[]) => history.reduce(evolveProject, unseenProject);
const created: ProjectChange = { type: 'project.created', data: { project: 'p1', name: 'Vision', description: '' } };

describe('a project', () => {
  it('takes its id and its name, so that others can need the one and nobody gets the other', () => {
    expect(decideProject(create('Vision'), after())).toEqual({
      ok: true,
      value: {
        events: [created],
        claims: {
          take: [
            { kind: 'project', name: 'p1' },
            { kind: 'project-name', name: 'Vision' },
          ],
          release: [],
          need: [],
        },
      },
    });
  });

  it('moves the claim of its name when it is renamed, and keeps the one of its id', () => {
    expect(decideProject(rename('Sight'), after(created))).toMatchObject({
      value: {
        events: [{ type: 'project.renamed', data: { from: 'Vision', to: 'Sight' } }],
        claims: {
          take: [{ kind: 'project-name', name: 'Sight' }],
          release: [{ kind: 'project-name', name: 'Vision' }],
        },
      },
    });
  });

  it.each([rename('x'), describeAs('x')])('is not changed before it exists: $name', (command) => {
    expect(decideProject(command, after())).toMatchObject({ ok: false, code: 'PROJECT_UNKNOWN' });
  });

  it('is not created again as something else', () => {
    expect(decideProject(create('Sight'), after(created))).toMatchObject({ ok: false, code: 'PROJECT_EXISTS' });
  });

  it('is what was asked for last, and asking again writes nothing', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const command = fc.oneof(word.map(rename), word.map(describeAs));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 10 }), (commands) => {
        let state = after(created);
        const wanted = { name: 'Vision', description: '' };
        for (const one of commands) {
          const outcome = decideProject(one, state);
          if (!outcome.ok) throw new Error(outcome.code);
          state = outcome.value.events.reduce(evolveProject, state);
          if (one.name === 'rename-project') wanted.name = one.to;
          if (one.name === 'describe-project') wanted.description = one.description;
          expect(decideProject(one, state)).toMatchObject({ ok: true, value: { events: [] } });
        }
        expect(state).toMatchObject(wanted);
      }),
    );
  });
});
