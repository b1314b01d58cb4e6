import { Fault } from '@runledger/kernel';

/** Small texts by their names, each written once: they lie beside files that are named by digests, and say what those are. */
export type KeptTexts = Readonly<{
  /**
   * Resolves once the text is durable. The same one again has no second effect.
   * @throws Fault conflict ARTIFACTS_OTHER_TEXT (the name has another one), unavailable ARTIFACTS_AWAY
   */
  put(name: string, text: string): Promise<void>;
  /** Null: there is none. @throws Fault unavailable ARTIFACTS_AWAY */
  get(name: string): Promise<string | null>;
}>;

export const otherText = (name: string): Fault =>
  new Fault('conflict', 'ARTIFACTS_OTHER_TEXT', `${name} has another text already`);
