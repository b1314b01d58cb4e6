/** How many bytes of files may be on their way, each of them once. One file may have more. */
const MOST_BYTES = 64 * 1024 * 1024;

type Asked<T> = Readonly<{ name: string; size: number; file: Promise<T> }>;

/** Files in their order, of which the next ones are asked for before they are needed. */
export class FilesAhead<T> {
  readonly #asked: Asked<T>[] = [];
  #bytes = 0;
  #next = 0;

  constructor(
    private readonly names: readonly string[],
    private readonly ahead: number,
    private readonly sizeOf: (name: string) => number,
    private readonly ask: (name: string) => Promise<T>,
  ) {}

  /** Null behind the last one. */
  async next(): Promise<Readonly<{ name: string; size: number; file: T }> | null> {
    this.#askMore();
    const first = this.#asked.shift();
    if (first === undefined) return null;
    const { name, size } = first;
    const file = await first.file;
    this.#bytes -= size;
    this.#askMore();
    return { name, size, file };
  }

  #askMore(): void {
    for (let name = this.names[this.#next]; name !== undefined; name = this.names[++this.#next]) {
      const size = this.sizeOf(name);
      if (this.#asked.length >= this.ahead || (this.#bytes > 0 && this.#bytes + size > MOST_BYTES)) return;
      const file = this.ask(name);
      file.catch(() => undefined); // whoever comes to it sees it
      this.#asked.push({ name, size, file });
      this.#bytes += size;
    }
  }
}
