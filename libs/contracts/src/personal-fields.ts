/**
 * Where the record tells of people: these fields of these events, and no others. What stands in them is sealed before it gets into the
 * journal or the log. `of`: whose it is: whom the text names, or who sent the event.
 */
export type PersonalField = Readonly<{
  /** Members from `data` on; `*` is every item of a list. */
  path: readonly string[];
  of: 'named' | 'actor';
  /** Only where the item's `key` is one of PERSONAL_TAGS. */
  tagged?: true;
}>;

/** Tags that clients put names of people, accounts and machines into, and paths below somebody's home. */
export const PERSONAL_TAGS: ReadonlySet<string> = new Set([
  'mlflow.user',
  'mlflow.source.name',
  'runledger.user',
  'runledger.host',
  'git.author',
  'git.author.email',
]);

const tags: PersonalField = { path: ['tags', '*', 'value'], of: 'named', tagged: true };
const named = (...path: string[]): PersonalField => ({ path, of: 'named' });
const byActor = (...path: string[]): PersonalField => ({ path, of: 'actor' });

export const PERSONAL_FIELDS: Readonly<Record<string, readonly PersonalField[]>> = {
  'tags.set': [tags],
  'environment.recorded': [named('host'), named('command')],
  'code.recorded': [named('entrypoint')],
  'experiment.created': [tags],
  'experiment.tagged': [tags],
  'model.created': [tags],
  'model.tagged': [tags],
  'version.created': [tags],
  'version.tagged': [tags],
  'logged-model.created': [tags],
  'logged-model.tagged': [tags],
  'comment.written': [byActor('text')],
  'version.approved': [byActor('printedName')],
  'inventory.entered': [named('owner'), named('validator')],
  'session.opened': [named('workload')],
};
