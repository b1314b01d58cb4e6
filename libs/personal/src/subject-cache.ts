import type { Erased, KeyFolder, Subject } from './key-folder';

/** Longest time for which a process uses a key that another process has destroyed. */
const FRESH_MS = 5_000;
const MOST = 50_000;

type Known = Readonly<{ subject: Subject | null; until: number }>;

/** Subjects of a folder of keys, each read from disk every few seconds at most. */
export class SubjectCache {
  readonly #byId = new Map<string, Known>();
  readonly #byName = new Map<string, Known>();
  readonly #providing = new Map<string, Promise<Subject>>();

  constructor(
    readonly folder: KeyFolder,
    private readonly freshMs = FRESH_MS,
  ) {}

  #fresh(of: Map<string, Known>, key: string): Known | undefined {
    const known = of.get(key);
    return known !== undefined && known.until > performance.now() ? known : undefined;
  }

  #keep(workspace: string, subject: Subject): Subject {
    const known = { subject, until: performance.now() + this.freshMs };
    if (this.#byId.size > MOST) this.clear();
    this.#byId.set(`${workspace}/${subject.whose}`, known);
    this.#byName.set(`${workspace}/${subject.name}`, known);
    return subject;
  }

  /** The subject of this name, made when there is none. */
  async provide(workspace: string, name: string): Promise<Subject> {
    const key = `${workspace}/${name}`;
    const known = this.#fresh(this.#byName, key)?.subject;
    if (known) return known;
    const begun = this.#providing.get(key);
    if (begun !== undefined) return begun;
    const providing = this.folder
      .provide(workspace, name)
      .then((subject) => this.#keep(workspace, subject))
      .finally(() => this.#providing.delete(key));
    this.#providing.set(key, providing);
    return providing;
  }

  async named(workspace: string, name: string): Promise<Subject | null> {
    const known = this.#fresh(this.#byName, `${workspace}/${name}`);
    if (known !== undefined) return known.subject;
    const subject = await this.folder.named(workspace, name);
    return subject === null ? null : this.#keep(workspace, subject);
  }

  async find(workspace: string, whose: string): Promise<Subject | null> {
    const key = `${workspace}/${whose}`;
    const known = this.#fresh(this.#byId, key);
    if (known !== undefined) return known.subject;
    const subject = await this.folder.find(workspace, whose);
    if (subject !== null) return this.#keep(workspace, subject);
    this.#byId.set(key, { subject, until: performance.now() + this.freshMs });
    return null;
  }

  /** Every subject that has a key. */
  async all(workspace: string): Promise<Subject[]> {
    const found: Subject[] = [];
    for (const whose of await this.folder.subjects(workspace)) {
      const subject = await this.find(workspace, whose);
      if (subject !== null) found.push(subject);
    }
    return found;
  }

  async destroy(workspace: string, whose: string, erased: Erased): Promise<void> {
    await this.folder.destroy(workspace, whose, erased);
    this.clear();
  }

  /** Keys are in no memory of this process any more. */
  clear(): void {
    this.#byId.clear();
    this.#byName.clear();
  }
}
