import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WORKSPACE } from '@runledger/testkit';

/**
 * Against what the answer of each read is held:
 * - plain: a plain evaluation over all that was recorded, of a random record;
 * - then: what a reader was answered at that time, of a random record;
 * - told: what the test itself had recorded, one thing after another.
 */
const HELD: Readonly<Record<string, readonly [by: 'plain' | 'then' | 'told', test: string]>> = {
  'access/events': ['plain', 'plain-access.int'],
  archive: ['plain', 'plain-archive.int'],
  boards: ['plain', 'plain-words.int'],
  'boards/:board': ['plain', 'plain-words.int'],
  'boards/:board/history': ['plain', 'plain-words.int'],
  changes: ['plain', 'plain-decisions.int'],
  check: ['plain', 'check.int'],
  checkpoints: ['plain', 'notary.int'],
  comments: ['plain', 'plain-words.int'],
  'comments/:comment': ['plain', 'plain-words.int'],
  'dead-letters': ['plain', 'letters.int'],
  erasures: ['plain', 'plain-erasures.int'],
  'erasures/:erasure': ['plain', 'plain-erasures.int'],
  evidence: ['told', 'evidence.e2e'],
  experiments: ['plain', 'plain-decisions.int'],
  'experiments/:experiment': ['plain', 'plain-decisions.int'],
  'experiments/:experiment/runs': ['then', 'as-of.int'],
  grants: ['plain', 'plain-decisions.int'],
  holds: ['plain', 'plain-erasures.int'],
  inventory: ['plain', 'plain-decisions.int'],
  keys: ['plain', 'plain-access.int'],
  ledger: ['plain', 'notary.int'],
  'ledger/check': ['plain', 'plain-check.int'],
  limits: ['plain', 'plain-limits.int'],
  lineage: ['plain', 'plain-reads.int'],
  live: ['plain', 'plain-moves.int'],
  'local-accounts': ['plain', 'local-accounts.int'],
  'logged-models': ['then', 'as-of.int'],
  'logged-models/:loggedModel': ['then', 'as-of.int'],
  me: ['plain', 'local-accounts.int'],
  'metric-names': ['plain', 'plain-reads.int'],
  models: ['plain', 'plain-decisions.int'],
  'models/:model': ['plain', 'plain-decisions.int'],
  'models/:model/aliases/:alias': ['plain', 'plain-decisions.int'],
  'models/:model/gates': ['plain', 'plain-decisions.int'],
  'models/:model/history': ['then', 'as-of.int'],
  'models/:model/inventory': ['plain', 'plain-decisions.int'],
  'models/:model/versions': ['plain', 'plain-decisions.int'],
  'models/:model/versions/:version': ['plain', 'plain-decisions.int'],
  'models/:model/versions/:version/governance': ['plain', 'plain-governance.int'],
  objectives: ['plain', 'plain-decisions.int'],
  'objectives/:objective/history': ['plain', 'plain-decisions.int'],
  people: ['plain', 'local-accounts.int'],
  positions: ['plain', 'plain-moves.int'],
  projects: ['then', 'as-of.int'],
  'projects/:project': ['plain', 'plain-access.int'],
  'projects/:project/expired': ['plain', 'expired.int'],
  'projects/:project/gates': ['plain', 'plain-decisions.int'],
  'projects/:project/retention': ['plain', 'plain-erasures.int'],
  'projects/:project/retention/deleters': ['plain', 'plain-erasures.int'],
  'projects/:project/retention/preview': ['told', 'expiry.int'],
  'proofs/event/:event': ['plain', 'notary.int'],
  'proofs/point': ['plain', 'plain-proofs.int'],
  'receipts/gaps': ['plain', 'plain-moves.int'],
  runs: ['then', 'as-of.int'],
  'runs/:run': ['plain', 'plain-reads.int'],
  'runs/:run/artifacts': ['plain', 'plain-reads.int'],
  'runs/:run/artifacts/*': ['plain', 'artifacts.int'],
  'runs/:run/console': ['then', 'as-of.int'],
  'runs/:run/history': ['plain', 'plain-moves.int'],
  'runs/:run/inputs': ['plain', 'plain-reads.int'],
  'runs/:run/metrics': ['plain', 'plain-reads.int'],
  'runs/:run/note': ['plain', 'plain-words.int'],
  'runs/:run/note/history': ['plain', 'plain-words.int'],
  'runs/:run/objectives': ['plain', 'plain-decisions.int'],
  'runs/:run/outputs': ['then', 'as-of.int'],
  'runs/:run/params': ['plain', 'plain-reads.int'],
  'runs/:run/receipts': ['plain', 'plain-moves.int'],
  'runs/:run/series': ['plain', 'plain-reads.int'],
  'runs/:run/series/buckets': ['then', 'as-of.int'],
  'runs/:run/tags': ['plain', 'plain-reads.int'],
  'runs/:run/writers': ['then', 'as-of.int'],
  'service-accounts': ['plain', 'plain-access.int'],
  sql: ['plain', 'sql.int'],
  storage: ['plain', 'plain-moves.int'],
  trusts: ['plain', 'plain-access.int'],
  views: ['plain', 'plain-words.int'],
  'views/:view': ['plain', 'plain-words.int'],
  'views/:view/history': ['plain', 'plain-words.int'],
  'webhook-entries': ['plain', 'plain-access.int'],
  webhooks: ['plain', 'plain-access.int'],
  'webhooks/:webhook': ['plain', 'plain-access.int'],
};

/** Reads whose question is a body. */
const ASKED: typeof HELD = {
  compare: ['plain', 'plain-reads.int'],
  curves: ['plain', 'curve-reads.contract'],
  export: ['plain', 'plain-reads.int'],
  fingerprints: ['plain', 'fingerprints.int'],
  'objectives/results': ['plain', 'plain-decisions.int'],
  search: ['plain', 'run-search.int'],
  'search/facets': ['plain', 'plain-reads.int'],
  sql: ['plain', 'sql.int'],
};

const PREFIX = '/api/v1/';

it('names a test for each read that any process serves, and none that is gone', () => {
  const table = readFileSync(`${WORKSPACE}/services/all-in-one/route-table.txt`, 'utf8').split('\n');
  const readsBy = (method: string, permission: RegExp): string[] => {
    const routes = table.flatMap((line) => {
      const [by, route = '', needs = ''] = line.split(/\s+/);
      return by === method && route.startsWith(PREFIX) && permission.test(needs) ? [route.slice(PREFIX.length)] : [];
    });
    return [...new Set(routes)].sort();
  };
  expect(Object.keys(HELD).sort()).toEqual(readsBy('GET', /./));
  expect(Object.keys(ASKED).sort()).toEqual(readsBy('POST', /^runs:read$/));
});

it('names tests that are there', () => {
  const files = ['services', 'libs'].flatMap((folder) =>
    readdirSync(`${WORKSPACE}/${folder}`, { withFileTypes: true }).flatMap(({ name }) =>
      ['src', 'e2e'].flatMap((below) => {
        try {
          return readdirSync(path.join(WORKSPACE, folder, name, below));
        } catch {
          return [];
        }
      }),
    ),
  );
  const named = [HELD, ASKED].flatMap((table) => Object.values(table).map(([, test]) => test));
  const isThere = (test: string): boolean => files.includes(`${test}.test.ts`) || files.includes(`${test}.ts`);
  const absent = [...new Set(named)].filter((test) => !isThere(test));
  expect(absent).toEqual([]);
});
