import type { FingerprintRow, Ingredients, Place, PlacedFact, RowKey } from '@runledger/contracts';
import { type Fingerprinted, fingerprintOf } from '@runledger/fingerprint';
import { type History, rowId } from './history';
import { codeRow } from './run-rows';

type Work = {
  params: Map<string, string>;
  code: Fingerprinted['code'];
  inputs: Array<Fingerprinted['inputs'][number]>;
};
type Touched = Readonly<{ key: RowKey; work: Work; at: Place }>;

const keyOf = ({ workspace, run }: Readonly<{ workspace: string; run: string }>): RowKey => ({
  workspace,
  id: run,
  name: '',
});

/** Whether a fact may change what its run is told by. */
export const isIngredient = ({ event }: PlacedFact): boolean =>
  event.type === 'params.logged' || event.type === 'code.recorded' || event.type === 'inputs.used';

/** Fingerprints of runs over one batch. One a message, so that it does not matter how the log was cut. */
export class FingerprintFold {
  readonly #history: History<FingerprintRow>;
  readonly #works = new Map<string, Work>();
  readonly #touched = new Map<string, Touched>();
  #offset = -1;

  constructor(history: History<FingerprintRow>, ingredients: readonly Ingredients[]) {
    this.#history = history;
    for (const one of ingredients) {
      const params = new Map(one.params.map(({ key, value }) => [key, value]));
      this.#works.set(rowId(keyOf(one)), { params, code: one.code, inputs: [...one.inputs] });
    }
  }

  take(fact: PlacedFact): void {
    if (!isIngredient(fact)) return;
    if (fact.at.offset !== this.#offset) this.#settle();
    this.#offset = fact.at.offset;
    const key = keyOf(fact);
    const work = this.#works.get(rowId(key)) ?? { params: new Map(), code: null, inputs: [] };
    this.#works.set(rowId(key), work);
    this.#add(work, fact);
    this.#touched.set(rowId(key), { key, work, at: fact.at });
  }

  #add(work: Work, { event }: PlacedFact): void {
    if (event.type === 'params.logged') {
      for (const { key, value } of event.data.params) if (!work.params.has(key)) work.params.set(key, String(value));
    } else if (event.type === 'code.recorded') work.code = codeRow(event.data);
    else if (event.type === 'inputs.used')
      work.inputs.push(...event.data.inputs.map(({ digest, context }) => ({ digest, context })));
  }

  #settle(): void {
    for (const { key, work, at } of this.#touched.values()) {
      const fingerprint = fingerprintOf(work);
      if (fingerprint === null) this.#history.drop(key, at);
      else this.#history.put(key, { fingerprint }, at);
    }
    this.#touched.clear();
  }

  /** To be called behind the last fact. */
  end(): void {
    this.#settle();
  }
}
