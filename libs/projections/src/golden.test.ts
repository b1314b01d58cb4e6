import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CatalogChanges,
  type CatalogRows,
  eventRecord,
  type FactRows,
  isDecisionType,
  isFactType,
  type Recorded,
  type StoredEvent,
} from '@runledger/contracts';
import { foldCatalog } from './fold-catalog';
import { foldFacts } from './fold-facts';
import { readDecisions, readFacts } from './read-messages';

// What each golden event comes to. A change here is a change of what every rebuild shows: raise the projection's version.
const EVENTS = path.join(__dirname, '../../contracts/golden');
const ROWS = path.join(__dirname, '../golden');
const EVENT_FILE = /^[a-z-]+\.[a-z]+\.v\d+\.json$/;
const readJson = (folder: string, name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

const files = readdirSync(EVENTS).filter((name) => EVENT_FILE.test(name) && name !== 'metrics.logged.v1.json');
const storedIn = (name: string): StoredEvent => (readJson(EVENTS, name) as { stored: StoredEvent }).stored;
const facts = files.filter((name) => isFactType(storedIn(name).type) && storedIn(name).type !== 'console.written');
const decisions = files.filter((name) => isDecisionType(storedIn(name).type));

function recorded(event: StoredEvent, topic: 'runs' | 'catalog', subject: string): Recorded {
  const shared = { workspace: 'default', source: 'golden', actor: 'actor-1', recordedtime: '2026-01-02T03:04:05Z' };
  const record = eventRecord({ ...shared, topic, subject, events: [event] });
  const headers = topic === 'catalog' ? { ...record.headers, ce_journalseq: '7' } : record.headers;
  return { ...record, headers, partition: 0, offset: 41, appended: Date.UTC(2026, 0, 2, 4) };
}

const NO_DECISIONS: CatalogRows = {
  project: [],
  experiment: [],
  model: [],
  version: [],
  alias: [],
  loggedModel: [],
  loggedModelFile: [],
  note: [],
  view: [],
  board: [],
  comment: [],
  webhook: [],
  objective: [],
  gate: [],
  approval: [],
  inventory: [],
};
const NOTHING: FactRows = {
  run: [],
  tag: [],
  artifact: [],
  code: [],
  environment: [],
  fingerprint: [],
  param: [],
  ingredients: [],
};
const bytesAsHex = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
    ? Buffer.from(value.data as number[]).toString('hex')
    : value;
/** The kinds of rows that a decision comes to. */
const changed = (changes: CatalogChanges): object =>
  Object.fromEntries(Object.entries(changes).filter(([, { closed, opened }]) => closed.length + opened.length > 0));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, bytesAsHex));

/** Kinds of rows that came after a file was written are not in it, and are empty. */
const told = (rows: unknown): object =>
  Object.fromEntries(Object.entries(rows as object).filter(([, list]) => !Array.isArray(list) || list.length > 0));

/** UPDATE_GOLDEN=1 writes the rows of events that have none yet; those that are there are compared, always. */
function expectRows(name: string, rows: unknown): void {
  if (process.env['UPDATE_GOLDEN'] === '1' && !existsSync(path.join(ROWS, name)))
    writeFileSync(path.join(ROWS, name), `${JSON.stringify(rows, null, 2)}\n`);
  expect(told(rows)).toEqual(told(readJson(ROWS, name)));
}

describe('golden events', () => {
  it('have their rows beside them, each of them', () => {
    expect(readdirSync(ROWS).sort()).toEqual([...facts, ...decisions].sort());
  });

  it.each(facts)('%s comes to the rows that it came to when it was written', (name) => {
    const { message, refused } = readFacts(recorded(storedIn(name), 'runs', 'run/golden-run'));
    expect(refused).toEqual([]);
    expectRows(name, plain(foldFacts.fold(message?.facts ?? [], NOTHING)));
  });

  it.each(decisions)('%s comes to the rows that it came to when it was written', (name) => {
    const { message, refused } = readDecisions(recorded(storedIn(name), 'catalog', 'experiment/0190-exp'));
    expect(refused).toEqual([]);
    expectRows(name, plain(changed(foldCatalog.fold(message?.decisions ?? [], NO_DECISIONS))));
  });
});
