import { DECISIONS, type DecisionType, FACTS, type FactType } from '@runledger/contracts';
import { isDeletion } from './deletion';

/** A rule of its own says who may: an erasure has two persons, words have their author, access its admins … */
type Way = 'by the policy of its project' | 'by a rule of its own' | 'takes nothing away';
const OWN = 'by a rule of its own';

/**
 * Every event that takes something away, and who may. Whatever is not here takes nothing away: an event of another name is refused by
 * this test until somebody has said which it is.
 */
const TAKES_AWAY: Readonly<Partial<Record<FactType | DecisionType, Exclude<Way, 'takes nothing away'>>>> = {
  'run.updated': 'by the policy of its project', // where it says deleted
  'artifacts.deleted': 'by the policy of its project',
  'experiment.deleted': 'by the policy of its project',
  'logged-model.deleted': 'by the policy of its project',
  'logged-model.cleared': 'by the policy of its project',
  'model.deleted': 'by the policy of its project',
  'version.deleted': 'by the policy of its project',
  'alias.removed': 'by the policy of its project',
  // By the policy of how long, and by two persons of the law: neither is anybody's wish to delete.
  'points.expired': OWN,
  'artifacts.expired': OWN,
  'subject.erased': OWN,
  // What is said of a thing changes; the value before stays in its history.
  'tags.deleted': OWN,
  'experiment.untagged': OWN,
  'logged-model.untagged': OWN,
  'model.untagged': OWN,
  'version.untagged': OWN,
  // Words and looks of people.
  'board.deleted': OWN,
  'comment.deleted': OWN,
  'view.deleted': OWN,
  // Rules of the project, and of who may what.
  'approval.withdrawn': OWN,
  'erasure.withdrawn': OWN,
  'gate.lifted': OWN,
  'grant.withdrawn': OWN,
  'hold.lifted': OWN,
  'key.retired': OWN,
  'key.revoked': OWN,
  'local-account.removed': OWN,
  'objective.retired': OWN,
  'service-account.disabled': OWN,
  'session.closed': OWN,
  'trust.withdrawn': OWN,
  'webhook.deleted': OWN,
};
const KEEPS: ReadonlyArray<FactType | DecisionType> = [
  ...([
    'run.started',
    'run.finished',
    'params.logged',
    'tags.set',
    'inputs.used',
    'outputs.made',
    'run.linked',
  ] as const),
  ...(['models.measured', 'models.used', 'code.recorded', 'environment.recorded', 'artifact.stored'] as const),
  ...(['writer.closed', 'console.written'] as const),
  ...(['project.created', 'project.renamed', 'project.described'] as const),
  ...(['experiment.created', 'experiment.renamed', 'experiment.tagged', 'experiment.restored'] as const),
  ...(['model.created', 'model.renamed', 'model.described', 'model.tagged'] as const),
  ...(['version.created', 'version.described', 'version.staged', 'version.tagged', 'version.linked'] as const),
  ...(['alias.moved', 'version.approved', 'gate.set', 'gate.passed', 'inventory.entered'] as const),
  ...(['logged-model.created', 'logged-model.configured', 'logged-model.finalized', 'logged-model.tagged'] as const),
  ...(['logged-model.stored', 'note.written', 'view.saved', 'board.saved'] as const),
  ...(['comment.written', 'comment.mentioned', 'objective.defined'] as const),
  ...(['webhook.created', 'webhook.changed', 'webhook.paused', 'webhook.replayed', 'dead-letter.replayed'] as const),
  ...(['service-account.created', 'service-account.enabled', 'key.created', 'grant.made', 'trust.declared'] as const),
  ...(['access.refused', 'session.refused', 'access.exported', 'session.opened', 'local-account.set'] as const),
  ...(['erasure.requested', 'hold.placed', 'retention.set', 'deleters.set'] as const),
];

it('is told of every event that there is, whether it takes something away', () => {
  const told = [...Object.keys(TAKES_AWAY), ...KEEPS].sort();
  expect(told).toEqual([...Object.keys(FACTS), ...Object.keys(DECISIONS)].sort());
});

it('knows those that are for whom the policy of the project names', () => {
  for (const type of [...Object.keys(FACTS), ...Object.keys(DECISIONS)] as Array<FactType | DecisionType>) {
    const byPolicy = TAKES_AWAY[type] === 'by the policy of its project';
    expect([type, isDeletion({ type, data: { lifecycle: 'deleted' } })]).toEqual([type, byPolicy]);
  }
  expect(isDeletion({ type: 'run.updated', data: { lifecycle: 'active' } })).toBe(false);
  expect(isDeletion({ type: 'run.updated', data: { name: 'deleted' } })).toBe(false);
});
