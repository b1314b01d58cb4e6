import {
  commonProjects,
  holdsProject,
  isEveryProject,
  PERMISSIONS,
  type PermissionName,
  type ProjectSet,
  ROLES,
  type Role,
} from '@runledger/contracts';
import fc from 'fast-check';
import { admit, decide, type Grant } from './decide';

const PROJECTS = ['p', 'q', 'r'];
const READ: readonly PermissionName[] = ['runs:read', 'artifacts:read'];
const WRITE: readonly PermissionName[] = ['events:write', 'artifacts:write', 'commands:write'];
const KEEP: readonly PermissionName[] = ['models:promote', 'projects:write', 'webhooks:read', 'webhooks:write'];

/** Written out by hand, so that a change of what a role contains is a change of this table. */
const TABLE: Readonly<Record<Role, readonly PermissionName[]>> = {
  viewer: READ,
  editor: [...READ, ...WRITE],
  maintainer: [...READ, ...WRITE, ...KEEP],
  auditor: [...READ, 'webhooks:read', 'access:read'],
  admin: [...READ, ...WRITE, ...KEEP, 'access:read', 'access:write', 'admin'],
};

const cases = ROLES.flatMap((role) =>
  PERMISSIONS.flatMap((permission) =>
    [null, 'p'].map((project) => ({ role, permission, project, has: TABLE[role].includes(permission) })),
  ),
);
const allow = (role: Role, project: string | null = null): Grant => ({ role, project, effect: 'allow' });
const deny = (role: Role, project: string | null = null): Grant => ({ role, project, effect: 'deny' });

/** Where grants let a permission: in the workspace as a whole, in p, and in q. */
const where = (grants: readonly Grant[], permission: PermissionName) => {
  const held = decide(grants);
  const projects = admit(held, permission, 'project');
  const inProject = (project: string): boolean => projects !== undefined && holdsProject(projects, project);
  return [admit(held, permission, 'workspace') !== undefined, inProject('p'), inProject('q')];
};

describe('a decision', () => {
  it('is tried on every role, permission and scope', () => {
    expect(cases.length).toBe(ROLES.length * PERMISSIONS.length * 2);
    expect(Object.values(TABLE).flat().length).toBe(2 + 5 + 9 + 4 + 12);
  });

  it.each(cases)('$role in $project: $permission is $has', ({ role, permission, project, has }) => {
    expect(where([allow(role, project)], permission)).toEqual([has && project === null, has, has && project === null]);
  });

  it.each(cases)('a denied $role in $project takes $permission from an admin: $has', (one) => {
    const { role, permission, project, has } = one;
    const left = !has;
    expect(where([allow('admin'), deny(role, project)], permission)).toEqual(
      project === null ? [left, left, left] : [left, left, true],
    );
  });

  it('gives nothing to whoever was granted nothing', () => expect(decide([]).size).toBe(0));

  it('needs all projects for what belongs to the workspace', () => {
    expect(where([allow('viewer', 'p'), allow('viewer', 'q')], 'runs:read')).toEqual([false, true, true]);
    expect(where([allow('viewer'), deny('viewer', 'q')], 'runs:read')).toEqual([false, true, false]);
  });

  it('lets no auditor change anything', () => {
    const changes = [...decide([allow('auditor')]).keys()].filter((permission) => !permission.endsWith(':read'));
    expect(changes).toEqual([]);
  });
});

const project = fc.constantFrom(null, ...PROJECTS);
const grant = fc.record({
  role: fc.constantFrom(...ROLES),
  project,
  effect: fc.constantFrom('allow' as const, 'deny' as const),
});
const grants = fc.array(grant, { maxLength: 8 });
const permission = fc.constantFrom(...PERMISSIONS);
/** What the rules say of one project, in other words: allowed by one, denied by none. */
const said = (all: readonly Grant[], wanted: PermissionName, at: string): boolean => {
  const about = all.filter((one) => TABLE[one.role].includes(wanted) && (one.project === null || one.project === at));
  return about.some(({ effect }) => effect === 'allow') && about.every(({ effect }) => effect === 'allow');
};

describe('whatever is granted', () => {
  it('in each project, also in one that nobody named, it is what the rules say, in any order', () => {
    fc.assert(
      fc.property(grants, permission, (all, wanted) => {
        for (const order of [all, [...all].reverse()]) {
          const held = decide(order).get(wanted) ?? { only: [] };
          for (const at of [...PROJECTS, 'unnamed']) expect(holdsProject(held, at)).toBe(said(all, wanted, at));
        }
      }),
    );
  });

  it('a denial never gives, and a key is never more than its owner', () => {
    const scopes = fc.array(fc.constantFrom(...PERMISSIONS), { maxLength: 4 });
    const projects = fc.option(fc.array(fc.constantFrom(...PROJECTS), { maxLength: 2 }));
    const isWithin = (less: ProjectSet, more: ProjectSet): boolean =>
      [...PROJECTS, 'unnamed'].every((at) => !holdsProject(less, at) || holdsProject(more, at));
    fc.assert(
      fc.property(grants, grant, scopes, projects, (all, one, narrowed, within) => {
        const owner = decide(all);
        for (const less of [
          decide([...all, { ...one, effect: 'deny' }]),
          decide(all, { scopes: narrowed, projects: within }),
        ])
          for (const [name, set] of less) expect(isWithin(set, owner.get(name) ?? { only: [] })).toBe(true);
        for (const name of decide(all, { scopes: narrowed, projects: within }).keys())
          expect(narrowed.some((scope) => scope === name || scope === 'admin')).toBe(true);
      }),
    );
  });
});

it('what two sets of projects have in common is what both hold', () => {
  const list = fc.array(fc.constantFrom(...PROJECTS), { maxLength: 3 });
  const set = fc.oneof(
    list.map((only) => ({ only })),
    list.map((except) => ({ except })),
  );
  fc.assert(
    fc.property(set, set, (one, other) => {
      const both = commonProjects(one, other);
      for (const at of [...PROJECTS, 'unnamed'])
        expect(holdsProject(both, at)).toBe(holdsProject(one, at) && holdsProject(other, at));
      if (isEveryProject(both)) expect(isEveryProject(one) && isEveryProject(other)).toBe(true);
    }),
  );
});
