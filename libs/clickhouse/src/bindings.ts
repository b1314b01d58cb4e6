import type { Param, Params } from './engine';

/** Gathers the parameters of one statement that is put together from parts: each value gets a placeholder of its own. */
export class Bindings {
  readonly #params: Record<string, Param> = {};
  #next = 0;

  bind(value: Param, type: string): string {
    const name = `p${this.#next++}`;
    this.#params[name] = value;
    return `{${name}:${type}}`;
  }

  get params(): Params {
    return this.#params;
  }
}
