import { PERSONAL_FIELDS, sealedParts } from '@runledger/contracts';
import type { Erased } from './key-folder';
import { keyOfText, type PersonalText, personalTexts, withPersonalTexts } from './personal-texts';
import { openText, sealText } from './sealed-texts';
import type { SubjectCache } from './subject-cache';

/** Who a text in a field is about: whom it names, or an actor. One subject has one key. */
export const subjectNamed = (text: string): string => `named ${text}`;
export const subjectOfActor = (actor: string): string => `actor ${actor}`;

type SaidEvent = Readonly<{ type: string; data: unknown }>;
export type Opened = Readonly<{ text: string } | { erased: Erased } | { lost: true }>;

/** What stands in fields that tell of people: sealed before it is kept, opened when somebody reads who may. */
export class PersonalData {
  constructor(readonly subjects: SubjectCache) {}

  /** The text as it may be kept. */
  async seal(workspace: string, subject: string, text: string): Promise<string> {
    return sealText(await this.subjects.provide(workspace, subject), text);
  }

  /** The sealed text of a subject that has a key; null where there is none. */
  async sealedAs(workspace: string, subject: string, text: string): Promise<string | null> {
    const known = await this.subjects.named(workspace, subject);
    return known === null ? null : sealText(known, text);
  }

  /** Events that this actor sends, with the texts of their personal fields sealed, the others as they are; and each of those texts, sealed. */
  async sealEvents<E extends SaidEvent>(
    workspace: string,
    actor: string,
    events: readonly E[],
  ): Promise<Readonly<{ events: E[]; texts: ReadonlyMap<string, string> }>> {
    const said = events.flatMap(({ type, data }) => personalTexts(PERSONAL_FIELDS[type] ?? [], data));
    const sealed = new Map<string, string>();
    for (const personalText of said) {
      const key = keyOfText(personalText);
      if (!sealed.has(key)) sealed.set(key, await this.#sealSaid(workspace, actor, personalText));
    }
    return {
      events: events.map((event) => {
        const fields = PERSONAL_FIELDS[event.type];
        return fields === undefined ? event : { ...event, data: withPersonalTexts(fields, event.data, sealed) };
      }),
      texts: new Map(said.map((one) => [one.text, sealed.get(keyOfText(one)) ?? one.text])),
    };
  }

  #sealSaid(workspace: string, actor: string, { text, of }: PersonalText): Promise<string> {
    return this.seal(workspace, of === 'actor' ? subjectOfActor(actor) : subjectNamed(text), text);
  }

  /** What the sealed texts in a text say, by the sealed text. */
  async openAll(workspace: string, text: string): Promise<Map<string, Opened>> {
    const opened = new Map<string, Opened>();
    for (const { sealed, whose, ciphertext } of sealedParts(text))
      if (!opened.has(sealed)) opened.set(sealed, await this.#open(workspace, whose, ciphertext));
    return opened;
  }

  async #open(workspace: string, whose: string, ciphertext: Buffer): Promise<Opened> {
    const subject = await this.subjects.find(workspace, whose);
    if (subject === null) {
      const erased = await this.subjects.folder.erased(workspace, whose);
      return erased === null ? { lost: true } : { erased };
    }
    const text = openText(subject, ciphertext);
    return text === null ? { lost: true } : { text };
  }

  /** A text whose sealed parts are replaced by what is to be read there. `write` fits it to what stands around it. */
  async opened(workspace: string, text: string, write: (said: string) => string = (said) => said): Promise<string> {
    const parts = await this.openAll(workspace, text);
    let all = text;
    for (const [sealed, opened] of parts) all = all.replaceAll(sealed, () => write(wordsOf(opened)));
    return all;
  }
}

/** What is shown: never an empty place where something was. */
function wordsOf(opened: Opened): string {
  if ('text' in opened) return opened.text;
  return 'erased' in opened ? `[erased ${opened.erased.at.slice(0, 10)}]` : '[sealed]';
}
