import type { Append, Journal } from '@runledger/journal';
import { isFault } from '@runledger/kernel';
import type { PersonalData } from './personal-data';

/** A value in which whole texts are replaced by others. */
function withTexts(value: unknown, sealed: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return sealed.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: unknown) => withTexts(item, sealed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member, sealed)]));
}

async function sealedAppend(personal: PersonalData, what: Append): Promise<Append> {
  const { events, texts } = await personal.sealEvents(what.workspace, what.actor, what.events);
  // What the client was told is kept too, and says the same.
  return { ...what, events, result: texts.size === 0 ? what.result : withTexts(what.result, texts) };
}

/**
 * The journal as commands see it: what they decide about people is sealed before it is written, and commands are known again by a
 * keyed digest of what was asked, which nobody can try names out on. What is loaded stays sealed.
 */
export function createSealingJournal(journal: Journal, personal: PersonalData): Journal {
  const marked = (digest: string): string => personal.subjects.folder.mark(`command ${digest}`);
  return {
    ...journal,
    append: async (what) =>
      journal.append({ ...(await sealedAppend(personal, what)), commandDigest: marked(what.commandDigest) }),
    async recall(workspace, commandId, digest) {
      try {
        return await journal.recall(workspace, commandId, marked(digest));
      } catch (error) {
        // Decided before digests were keyed, or by a process that has no keys.
        if (!isFault(error) || error.code !== 'JOURNAL_COMMAND_REUSED') throw error;
        return journal.recall(workspace, commandId, digest);
      }
    },
  };
}
