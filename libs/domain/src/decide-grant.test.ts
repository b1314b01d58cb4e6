import fc from 'fast-check';
import { decideGrant, type GrantCommand } from './decide-grant';
import { evolveGrants, type Grants, type HeldGrant, noGrants, sameGrant } from './grants';

const grantee = { kind: 'account', id: 'a' } as const;
const one: HeldGrant = { role: 'viewer', project: 'p', effect: 'allow' };
const give = (grant: HeldGrant): GrantCommand => ({ name: 'grant', grantee, grant });

describe('a grant', () => {
  it('needs its account and its project, and is written once', () => {
    const claims = {
      need: [
        { kind: 'service-account', name: 'a' },
        { kind: 'project', name: 'p' },
      ],
      take: [],
      release: [],
    };
    expect(decideGrant(give(one), noGrants)).toMatchObject({ value: { events: [{ type: 'grant.made' }], claims } });
    expect(decideGrant(give(one), [one])).toMatchObject({ ok: true, value: { events: [] } });
  });

  it('is not taken back where it was never given', () => {
    const command: GrantCommand = { name: 'withdraw-grant', grantee, grant: { ...one, project: null } };
    expect(decideGrant(command, [one])).toMatchObject({ ok: false, code: 'GRANT_UNKNOWN' });
  });

  it('is held by whoever was given it last and not taken, each once', () => {
    const grant = fc.record({
      role: fc.constantFrom('viewer', 'admin'),
      project: fc.constantFrom(null, 'p'),
      effect: fc.constantFrom('allow' as const, 'deny' as const),
    });
    const command = fc.record({ name: fc.constantFrom('grant' as const, 'withdraw-grant' as const), grant });
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        let grants: Grants = noGrants;
        let wanted: HeldGrant[] = [];
        for (const { name, grant: asked } of commands) {
          const outcome = decideGrant({ name, grantee, grant: asked }, grants);
          if (outcome.ok) grants = outcome.value.events.reduce(evolveGrants, grants);
          wanted = wanted.filter((held) => !sameGrant(held, asked));
          if (name === 'grant') wanted.push(asked);
        }
        const texts = (all: Grants) => all.map((held) => JSON.stringify(held)).sort();
        expect(texts(grants)).toEqual(texts(wanted));
      }),
    );
  });
});
