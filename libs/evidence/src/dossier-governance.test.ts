import { execFileSync } from 'node:child_process';
import { temporaryFolder } from '@runledger/testkit';
import { MadeLog, writeBundleTo } from '../test/made-log';
import { verifyBundle } from './verify-bundle';

const folder = temporaryFolder('dossier-governance');
afterAll(() => folder.remove());

const RESULT = { objective: 'o', number: 1, name: 'low <loss>', missedBy: null, reason: null, afterStart: false };
const EVIDENCE = {
  digest: 'e'.repeat(64),
  position: 'p1.x',
  version: { digest: 'v'.repeat(64).replaceAll('v', 'a'), changes: 0 },
  run: { run: 'r1', facts: { count: 1, digest: 'f'.repeat(64) }, metrics: { count: 1, digest: 'd'.repeat(64) } },
  results: [{ ...RESULT, outcome: 'met', value: 0.25 }],
};
const OF = { model: 'm1', version: 1 };
const approved = (approval: string, printedName: string) => ({
  ...OF,
  approval,
  meaning: 'validated for production',
  printedName,
  person: `u/${approval}`,
  evidence: EVIDENCE,
});
const GOAL = { metric: 'loss', aggregate: 'min', comparison: '<', threshold: 0.3 };

async function dossierOf(log: MadeLog): Promise<string> {
  const path = writeBundleTo(`${folder.path}/bundle.tar`, await log.exportRange(0, log.leaves.length));
  await verifyBundle(path, [log.signer]); // makes the page again
  return execFileSync('tar', ['-xOf', path, 'dossier.html'], { encoding: 'utf8' });
}
/** Cells of the rows of a part, without markup. */
const rowsOf = (page: string, title: string): string[][] => {
  const [, body = ''] = new RegExp(`<h3>${title}</h3>[\\s\\S]*?<tbody>([\\s\\S]*?)</tbody>`).exec(page) ?? [];
  return body
    .split('</tr>')
    .map((row) => [...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = '']) => cell))
    .filter((cells) => cells.length > 0);
};

describe('the page of a bundle', () => {
  it('shows objectives with results, approvals with what came later, and promotions', async () => {
    const log = new MadeLog()
      .event('objective/o', 'objective.defined', {
        objective: 'o',
        number: 1,
        scope: { kind: 'experiment', id: 'mnist' },
        name: 'low <loss>',
        ...GOAL,
      })
      .event('objective/other', 'objective.defined', {
        objective: 'other',
        number: 1,
        scope: { kind: 'experiment', id: 'elsewhere' },
        name: 'of others',
        ...GOAL,
      })
      .event('run/r1', 'run.started', { experiment: 'mnist', project: 'default' })
      .segment(['r1'], 0)
      .event('model/m1', 'version.approved', approved('ada', 'Ada <Lovelace>'))
      .event('model/m1', 'version.approved', approved('grace', 'Grace Hopper'))
      .event('model/m1', 'gate.passed', {
        ...OF,
        target: { kind: 'alias', name: 'champion' },
        approvals: ['ada'],
        evidence: EVIDENCE,
      })
      .event('model/m1', 'approval.withdrawn', { ...OF, approval: 'grace', reason: 'The test data leaked' })
      .event('model/m1', 'version.tagged', { ...OF, tags: [{ key: 'a', value: 'b' }] })
      .event('model/m1', 'version.tagged', { ...OF, version: 2, tags: [{ key: 'a', value: 'b' }] })
      .event('run/r1', 'tags.set', { tags: [{ key: 'late', value: 'yes' }] });
    const page = await dossierOf(log);
    expect(rowsOf(page, 'Objectives')).toEqual([
      [
        'low &lt;loss&gt;',
        'min loss &lt; 0.3',
        '1',
        'low &lt;loss&gt;: missed by 0.033333333333333326 (0.3333333333333333)',
      ],
    ]);
    const result = 'low &lt;loss&gt;: met (0.25)';
    expect(
      rowsOf(page, 'Approvals').map(([of, meaning, by, , digest, results, later, withdrawn = '']) => [
        of,
        meaning,
        by,
        digest,
        results,
        later,
        withdrawn.replace(/^.*Z by/, 'by'),
      ]),
    ).toEqual([
      [
        'model/m1, version 1',
        'validated for production',
        'Ada &lt;Lovelace&gt; (u/ada)',
        EVIDENCE.digest,
        result,
        '2',
        '',
      ],
      [
        'model/m1, version 1',
        'validated for production',
        'Grace Hopper (u/grace)',
        EVIDENCE.digest,
        result,
        '2',
        'by actor-1: The test data leaked',
      ],
    ]);
    expect(rowsOf(page, 'Promotions through gates')[0]?.slice(0, 2)).toEqual(['model/m1, version 1', 'alias champion']);
  });

  it('says nothing of approvals where there are none, and of objectives that were retired', async () => {
    const log = new MadeLog()
      .event('objective/o', 'objective.defined', {
        objective: 'o',
        number: 1,
        scope: { kind: 'experiment', id: 'mnist' },
        name: 'n',
        ...GOAL,
      })
      .event('objective/o', 'objective.retired', { objective: 'o' })
      .event('run/r1', 'run.started', { experiment: 'mnist', project: 'default' });
    const page = await dossierOf(log);
    expect(page).not.toContain('<h3>Objectives</h3>');
    expect(page).not.toContain('Approvals');
  });
});
