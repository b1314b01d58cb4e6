import { Fault, isFault } from '@runledger/kernel';

/** Bytes that are kept, each content once. */
export type Kept = Readonly<{
  workspace: number;
  projects: ReadonlyMap<string, number>;
  /** Those of the digests that were asked for which are counted in it. */
  counted: ReadonlySet<string>;
}>;
export type ReadKept = (workspace: string, digests: readonly string[]) => Promise<Kept>;

/** Where an upload goes. The project is asked for only where projects are limited. */
export type StoragePlace = Readonly<{ workspace: string; project: () => Promise<string> }>;
export type StorageStanding = Readonly<{
  scope: 'workspace' | 'project';
  project: string | null;
  limit: number;
  used: number;
}>;

type Stored = Readonly<{ digest: string; size: number }>;

/** How many bytes of artifacts a workspace and each of its projects may keep. */
export interface StorageLimits {
  /**
   * Stores an upload where it fits: refused before its first byte where its length is known, and as soon as it is longer than what is left where it is
   * not. `store` is told how many bytes it may take at most.
   * @throws Fault full LIMITS_STORAGE_FULL, and what `store` throws
   */
  within<S extends Stored>(
    place: StoragePlace,
    upload: Readonly<{ length: number | undefined; maxBytes: number }>,
    store: (maxBytes: number) => Promise<S>,
  ): Promise<S>;
  /** Before an upload of which nothing is known yet. @throws Fault full LIMITS_STORAGE_FULL where nothing is left */
  check(place: StoragePlace): Promise<void>;
  /** What is limited, with its use. Projects are those in which something is kept. */
  standings(workspace: string): Promise<StorageStanding[]>;
}

/** An upload that is not among what is kept yet. `digest` once it is known. */
type Claim = { project: string | undefined; bytes: number; digest: string | undefined; until: number };
type Use = { kept: Kept; readAt: number; tookMs: number; reading: Promise<void> | undefined; claims: Set<Claim> };
type Options = Readonly<{
  workspace: number | undefined;
  project: number | undefined;
  readKept: ReadKept;
  now?: () => number;
}>;

const FRESH_MS = 1_000;
/** Counting takes at most so much of the time, however much is kept. */
const COUNTING_SHARE = 1 / 20;
/** What was stored and is not counted after so long was never named by a fact. */
const UNNAMED_MS = 600_000;

const nothingKept: Kept = { workspace: 0, projects: new Map(), counted: new Set() };

/** Counts what the projection knows, and what this process has let in since. */
class CountedStorage implements StorageLimits {
  readonly #uses = new Map<string, Use>();
  readonly #now: () => number;

  constructor(private readonly options: Options) {
    this.#now = options.now ?? (() => performance.now());
  }

  async within<S extends Stored>(
    place: StoragePlace,
    { length, maxBytes }: Readonly<{ length: number | undefined; maxBytes: number }>,
    store: (maxBytes: number) => Promise<S>,
  ): Promise<S> {
    const { use, project } = await this.#enter(place);
    const least = this.#room(use, project, length ?? 1);
    const claim: Claim = { project, bytes: length ?? 0, digest: undefined, until: Number.POSITIVE_INFINITY };
    use.claims.add(claim);
    try {
      const stored = await store(Math.min(maxBytes, least));
      claim.bytes = 0; // what it is now stands against what else is there, and not against itself
      const need = await this.#need(place.workspace, { use, project }, stored);
      this.#refuse(use, project, need);
      Object.assign(claim, { bytes: need, digest: stored.digest, until: this.#now() + UNNAMED_MS });
      return stored;
    } catch (error) {
      use.claims.delete(claim);
      if (least < maxBytes && isFault(error) && error.kind === 'too-large') this.#refuse(use, project, least + 1);
      throw error;
    }
  }

  async check(place: StoragePlace): Promise<void> {
    const { use, project } = await this.#enter(place);
    this.#room(use, project, 1);
  }

  async standings(workspace: string): Promise<StorageStanding[]> {
    const { workspace: most, project: mostOf } = this.options;
    const use = await this.#use(workspace);
    const names = new Set([...use.kept.projects.keys(), ...[...use.claims].flatMap(({ project }) => project ?? [])]);
    return [
      ...(most === undefined ? [] : [standing(use, undefined, most)]),
      ...(mostOf === undefined ? [] : [...names].sort().map((project) => standing(use, project, mostOf))),
    ];
  }

  async #enter({ workspace, project }: StoragePlace): Promise<{ use: Use; project: string | undefined }> {
    const [use, of] = await Promise.all([
      this.#use(workspace),
      this.options.project === undefined ? undefined : project(),
    ]);
    return { use, project: of };
  }

  /** What is kept already needs no room; looked up only where it matters. */
  async #need(
    workspace: string,
    { use, project }: Readonly<{ use: Use; project: string | undefined }>,
    { digest, size }: Stored,
  ): Promise<number> {
    if (this.#standings(use, project).every(({ limit, used }) => size <= limit - used)) return size;
    return (await this.options.readKept(workspace, [digest])).counted.has(digest) ? 0 : size;
  }

  #standings(use: Use, project: string | undefined): StorageStanding[] {
    const { workspace: most, project: mostOf } = this.options;
    return [
      ...(most === undefined ? [] : [standing(use, undefined, most)]),
      ...(mostOf === undefined || project === undefined ? [] : [standing(use, project, mostOf)]),
    ];
  }

  /** What is left. @throws Fault full LIMITS_STORAGE_FULL where the bytes do not fit */
  #room(use: Use, project: string | undefined, bytes: number): number {
    this.#refuse(use, project, bytes);
    return Math.min(...this.#standings(use, project).map(({ limit, used }) => limit - used));
  }

  #refuse(use: Use, project: string | undefined, bytes: number): void {
    const full = this.#standings(use, project).find(({ limit, used }) => bytes > limit - used);
    if (full === undefined) return;
    const { scope, limit, used } = full;
    throw new Fault(
      'full',
      'LIMITS_STORAGE_FULL',
      `this ${scope} may keep ${limit} bytes of artifacts and keeps ${used}: this upload does not fit; ask an operator for more room`,
      { context: { details: full } },
    );
  }

  async #use(workspace: string): Promise<Use> {
    const known = this.#uses.get(workspace);
    const use: Use = known ?? {
      kept: nothingKept,
      readAt: -Infinity,
      tookMs: 0,
      reading: undefined,
      claims: new Set(),
    };
    this.#uses.set(workspace, use);
    if (this.#now() - use.readAt < Math.max(FRESH_MS, use.tookMs / COUNTING_SHARE)) return use;
    use.reading ??= this.#read(workspace, use).finally(() => {
      use.reading = undefined;
    });
    await use.reading;
    return use;
  }

  /** In one look, so that every claim is counted either as kept or as a claim. */
  async #read(workspace: string, use: Use): Promise<void> {
    const begun = this.#now();
    const digests = [...use.claims].flatMap(({ digest }) => digest ?? []);
    const kept = await this.options.readKept(workspace, digests);
    for (const claim of use.claims)
      if (claim.until < begun || (claim.digest !== undefined && kept.counted.has(claim.digest)))
        use.claims.delete(claim);
    Object.assign(use, { kept, readAt: this.#now(), tookMs: this.#now() - begun });
  }
}

function standing({ kept, claims }: Use, project: string | undefined, limit: number): StorageStanding {
  let used = project === undefined ? kept.workspace : (kept.projects.get(project) ?? 0);
  for (const claim of claims) if (project === undefined || claim.project === project) used += claim.bytes;
  return { scope: project === undefined ? 'workspace' : 'project', project: project ?? null, limit, used };
}

/** Lets everything be stored, and asks nobody. */
export const unlimitedStorage: StorageLimits = {
  within: (_place, { maxBytes }, store) => store(maxBytes),
  check: async () => undefined,
  standings: async () => [],
};

export const createStorageLimits = (options: Options): StorageLimits =>
  options.workspace === undefined && options.project === undefined ? unlimitedStorage : new CountedStorage(options);
