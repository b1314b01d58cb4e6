type Stop = () => Promise<void> | void;

/** Owns everything a process opened: started one after another, stopped in reverse, undone when a later start fails. */
export class Scope {
  #open: Array<{ name: string; stop: Stop }> = [];
  #stopping: Promise<void> | undefined;

  async start<T>(name: string, open: () => Promise<{ value: T; stop: Stop }>): Promise<T> {
    try {
      const { value, stop } = await open();
      this.#open.push({ name, stop });
      return value;
    } catch (cause) {
      await this.stop();
      throw new Error(`could not start ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** Registers something that is already open. */
  own(name: string, stop: Stop): void {
    this.#open.push({ name, stop });
  }

  /** One failing stop never keeps the others open; every failure is reported together. Calling it twice waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let entry = this.#open.pop(); entry; entry = this.#open.pop()) {
      const { name, stop } = entry;
      await Promise.resolve()
        .then(stop)
        .catch((cause: unknown) => failures.push(new Error(`could not stop ${name}`, { cause })));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
  }
}
