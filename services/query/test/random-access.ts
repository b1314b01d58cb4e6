import { randomUUID } from 'node:crypto';
import { createKeyStore } from '@runledger/access';
import { drawing } from '@runledger/testkit';
import { appendToFeed, type FeedDraft } from '@runledger/webhooks';
import type { Scene } from './query-scene';
import type { Decided } from './random-decisions';

export const PROJECTS = ['p1', 'p2', 'p3'];
const PAST = '2020-02-03T04:05:06.000Z';
const FUTURE = '2999-02-03T04:05:06.000Z';
const NAMES = ['amber', 'brass', 'coral', 'delta'];
const EVENTS = ['run.failed', 'run.killed', 'objective.met'] as const;
const SCOPES = [
  undefined,
  { kind: 'project', id: 'p1' },
  { kind: 'experiment', id: 'e1' },
  { kind: 'experiment', id: 'e2' },
];

export type RandomAccess = Readonly<{
  decided: readonly Decided[];
  /** What webhooks are told of, in its order, with what came again. */
  told: readonly FeedDraft[];
}>;

/** Records random decisions of who may what and who is told of what, each of which may follow on those before it. */
export async function recordRandomAccess(scene: Scene, seed: number, rounds: number): Promise<RandomAccess> {
  const { record, source } = scene;
  const draw = drawing(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => draw() < 0.5);
  const keys = createKeyStore(source);
  const decided: Decided[] = [];
  const told: FeedDraft[] = [];
  const decide = async (subject: string, type: Decided['type'], data: Decided['data']): Promise<void> => {
    await record.decision(subject, type, data);
    decided.push({ subject, type, data });
  };
  let fresh = 0;
  const enabled = new Map<string, boolean>();
  const keysOf = new Map<string, string>();
  const trusts: string[] = [];
  const webhooks = new Map<string, string>();
  const scopes = ['runs:read', 'webhooks:read'] as const;

  for (const project of PROJECTS)
    await decide(`project/${project}`, 'project.created', { project, name: `name of ${project}`, description: '' });
  for (const [experiment, project] of [
    ['e1', 'p1'],
    ['e2', 'p2'],
  ])
    await decide(`experiment/${experiment}`, 'experiment.created', { experiment, project, name: experiment, tags: [] });

  const ofAccount = (): Promise<void> => {
    const name = NAMES[enabled.size];
    if (enabled.size === 0 || (name !== undefined && draw() < 0.3)) {
      const account = `account-${enabled.size}`;
      enabled.set(account, true);
      const data = { account, name: `${name}-${pick(['x', 'y'])}`, description: pick(['', 'builds']) };
      return decide(`service-account/${account}`, 'service-account.created', data);
    }
    const account = pick([...enabled.keys()]);
    const isEnabled = enabled.get(account) === true;
    enabled.set(account, !isEnabled);
    const type = isEnabled ? 'service-account.disabled' : 'service-account.enabled';
    return decide(`service-account/${account}`, type, { account });
  };
  const ofKey = async (): Promise<void> => {
    if (enabled.size === 0) return ofAccount();
    const chance = draw();
    if (keysOf.size === 0 || chance < 0.5) {
      const [account, key] = [pick([...enabled.keys()]), `key-${fresh++}`];
      const more = {
        ...(draw() < 0.5 ? {} : { projects: [pick(PROJECTS)] }),
        ...(draw() < 0.5 ? {} : { expiresAt: pick([PAST, FUTURE]) }),
        ...(draw() < 0.3 && keysOf.size > 0 ? { replaces: pick([...keysOf.keys()]) } : {}),
      };
      await keys.create({ workspace: 'default', id: key, account, label: 'made', permissions: scopes });
      keysOf.set(key, account);
      const data = { account, key, label: pick(['ci', 'laptop']), scopes: some(scopes), ...more };
      return decide(`service-account/${account}`, 'key.created', data);
    }
    const [key, account] = pick([...keysOf]);
    if (chance < 0.75) {
      const data = { account, key, expiresAt: pick([PAST, FUTURE]) };
      return decide(`service-account/${account}`, 'key.retired', data);
    }
    keysOf.delete(key);
    await decide(`service-account/${account}`, 'key.revoked', { account, key });
    // As after a crash between the two.
    if (draw() < 0.7) await keys.revoke('default', key);
  };
  const ofTrust = (): Promise<void> => {
    const gone = draw() < 0.4 ? trusts.splice(Math.floor(draw() * trusts.length), 1)[0] : undefined;
    if (gone !== undefined) return decide(`trust/${gone}`, 'trust.withdrawn', { trust: gone });
    const trust = `trust-${fresh++}`;
    trusts.push(trust);
    const conditions = some([{ claim: 'sub', pattern: 'repo:*' }]);
    const more = draw() < 0.5 ? {} : { projects: some(PROJECTS) };
    const rule = { trust, issuer: pick(['ci', 'cd']), account: 'account-0', conditions, scopes: some(scopes), ...more };
    return decide(`trust/${trust}`, 'trust.declared', { ...rule, lifetimeSeconds: pick([60, 900]) });
  };
  const ofSession = (): Promise<void> => {
    const session = `session-${fresh++}`;
    const data = { session, kind: 'browser', issuer: 'people', expiresAt: FUTURE };
    return draw() < 0.6
      ? decide(`session/${session}`, 'session.opened', data)
      : decide(`session/${session}`, 'session.closed', { session });
  };
  const ofGrant = (): Promise<void> => {
    const grantee = { kind: 'person', id: `person-${fresh++}` };
    return decide(`grant/person/${grantee.id}`, 'grant.made', { grantee, role: 'viewer', effect: 'allow' });
  };
  const ofWebhook = (): Promise<void> => {
    const chance = draw();
    if (webhooks.size < 2 || chance < 0.2) {
      const webhook = `webhook-${fresh++}`;
      webhooks.set(webhook, 'active');
      const scope = pick(SCOPES);
      const data = { webhook, name: pick(NAMES), description: '', url: 'https://ci.example/', ...(scope && { scope }) };
      const events = scope === undefined ? [pick(EVENTS)] : ['objective.met'];
      const secret = pick([null, 'secret-1']);
      return decide(`webhook/${webhook}`, 'webhook.created', { ...data, events, secret, status: 'active' });
    }
    const webhook = pick([...webhooks.keys()]);
    const subject = `webhook/${webhook}`;
    if (chance < 0.35) {
      webhooks.delete(webhook);
      return decide(subject, 'webhook.deleted', { webhook });
    }
    if (chance < 0.5) return decide(subject, 'webhook.replayed', { webhook, after: 0 });
    if (chance < 0.75 && webhooks.get(webhook) === 'active') {
      webhooks.set(webhook, 'paused');
      return decide(subject, 'webhook.paused', { webhook, reason: pick(['silence', 'noise']) });
    }
    const status = pick([undefined, undefined, 'active', 'disabled']);
    if (status !== undefined) webhooks.set(webhook, status);
    const members = {
      description: pick(['', 'of the tests']),
      url: pick(['https://ci.example/', 'http://x.example/']),
    };
    const secret = pick([undefined, null, 'secret-2']);
    const more = { ...(status && { status }), ...(secret !== undefined && { secret }) };
    return decide(subject, 'webhook.changed', { webhook, ...members, ...more });
  };
  const ofProject = (): Promise<void> => {
    const project = pick(PROJECTS);
    if (draw() < 0.5)
      return decide(`project/${project}`, 'project.described', { project, description: pick(['', 'sees']) });
    const data = { project, from: 'before', to: `renamed-${fresh++}` };
    return decide(`project/${project}`, 'project.renamed', data);
  };
  const tell = async (): Promise<void> => {
    const drafts = Array.from({ length: 1 + Math.floor(draw() * 3) }, (): FeedDraft => {
      if (told.length > 0 && draw() < 0.3) return pick(told);
      const place = pick([{}, { project: 'p1', experiment: 'e1' }, { project: 'p2', experiment: 'e2' }]);
      const webhook = pick([undefined, 'webhook-0']);
      const made = { workspace: 'default', event: pick(EVENTS), source: Buffer.from(randomUUID()), webhook, ...place };
      return { ...made, recordedAt: 1_790_000_000_000 + fresh++, body: `{"n":${fresh}}` };
    });
    await source.transaction((tx) => appendToFeed(tx, 'default', drafts));
    told.push(...drafts);
  };
  for (let round = 0; round < rounds; round++)
    await pick([ofAccount, ofKey, ofKey, ofKey, ofTrust, ofSession, ofGrant, ofWebhook, ofWebhook, ofProject, tell])();
  return { decided, told };
}
