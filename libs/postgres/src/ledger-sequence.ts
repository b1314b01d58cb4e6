import type { EntityManager } from 'typeorm';

/** What will be a leaf. The same event of a stream with the same content is one leaf, however often it comes. */
export type LeafDraft = Readonly<{
  stream: string;
  event: string;
  /** Of the content, to know it again. */
  digest: Buffer;
  /** What the payload's digest in the leaf was made with, null where that hides nothing. */
  salt: Buffer | null;
  /** The project that this event puts its stream into; null where it says nothing about that. */
  project: string | null;
  /** Streams besides its own that the leaf has something of. */
  touches: readonly string[];
}>;
/** The numbers of a leaf, each without gaps: in its stream, and in its project where one is known. */
export type LeafNumbers = Readonly<{ streamSeq: number; project: string | null; projectSeq: number | null }>;
/** A leaf as it is kept: its bytes, and their hash in the tree. */
export type Leaf = Readonly<{ entry: Buffer; hash: Buffer }>;

/** The drafts that are no leaves yet, each once, in the order given. */
async function newOnes<D extends LeafDraft>(tx: EntityManager, workspace: string, drafts: readonly D[]): Promise<D[]> {
  const rows: Array<{ at: string }> = await tx.query(
    `select d.at from unnest($2::text[], $3::text[], $4::bytea[]) with ordinality as d (stream, event, digest, at)
     where exists (select from custody.ledger_leaf l where l.workspace = $1
       and l.stream = d.stream and l.event = d.event and l.digest = d.digest)`,
    [workspace, drafts.map((d) => d.stream), drafts.map((d) => d.event), drafts.map((d) => d.digest)],
  );
  const known = new Set(rows.map(({ at }) => Number(at) - 1));
  const seen = new Set<string>();
  return drafts.filter(({ stream, event, digest }, i) => {
    const name = JSON.stringify([stream, event, digest.toString('hex')]);
    if (known.has(i) || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

type Stream = { next: number; project: string | null };

/** Where each stream and its project stand. The log's row is locked, so that nobody else counts in it. */
async function readStreams(
  tx: EntityManager,
  workspace: string,
  names: readonly string[],
): Promise<Map<string, Stream>> {
  const rows: Array<{ stream: string; next_seq: string; project: string | null }> = await tx.query(
    'select stream, next_seq, project from custody.ledger_stream where workspace = $1 and stream = any($2::text[])',
    [workspace, names],
  );
  return new Map(rows.map(({ stream, next_seq, project }) => [stream, { next: Number(next_seq), project }]));
}

async function readProjects(
  tx: EntityManager,
  workspace: string,
  names: readonly string[],
): Promise<Map<string, number>> {
  const rows: Array<{ project: string; next_seq: string }> = await tx.query(
    'select project, next_seq from custody.ledger_project where workspace = $1 and project = any($2::text[])',
    [workspace, names],
  );
  return new Map(rows.map(({ project, next_seq }) => [project, Number(next_seq)]));
}

type Numbered<D> = Readonly<{ draft: D; numbers: LeafNumbers }>;

/** Counts on. The first event that names a project puts its stream there for good. */
async function numberDrafts<D extends LeafDraft>(
  tx: EntityManager,
  workspace: string,
  drafts: readonly D[],
): Promise<Array<Numbered<D>>> {
  const streams = await readStreams(tx, workspace, [...new Set(drafts.map(({ stream }) => stream))]);
  const named = drafts.map((draft) => {
    const stream = streams.get(draft.stream) ?? { next: 0, project: null };
    streams.set(draft.stream, stream);
    stream.project ??= draft.project;
    return { draft, streamSeq: stream.next++, project: stream.project };
  });
  const projects = await readProjects(tx, workspace, [...new Set(named.flatMap(({ project }) => project ?? []))]);
  const numbered = named.map(({ draft, streamSeq, project }) => {
    if (project === null) return { draft, numbers: { streamSeq, project, projectSeq: null } };
    const projectSeq = projects.get(project) ?? 0;
    projects.set(project, projectSeq + 1);
    return { draft, numbers: { streamSeq, project, projectSeq } };
  });
  await tx.query(
    `insert into custody.ledger_stream (workspace, stream, next_seq, project)
     select $1, * from unnest($2::text[], $3::bigint[], $4::text[])
     on conflict (workspace, stream) do update set next_seq = excluded.next_seq, project = excluded.project`,
    [
      workspace,
      [...streams.keys()],
      [...streams.values()].map(({ next }) => next),
      [...streams.values()].map(({ project }) => project),
    ],
  );
  await tx.query(
    `insert into custody.ledger_project (workspace, project, next_seq) select $1, * from unnest($2::text[], $3::bigint[])
     on conflict (workspace, project) do update set next_seq = excluded.next_seq`,
    [workspace, [...projects.keys()], [...projects.values()]],
  );
  return numbered;
}

type Placed<D> = Numbered<D> & Readonly<{ leaf: Leaf; index: number }>;

async function insert<D extends LeafDraft>(
  tx: EntityManager,
  workspace: string,
  placed: ReadonlyArray<Placed<D>>,
): Promise<void> {
  await tx.query(
    `insert into custody.ledger_leaf (workspace, index, stream, stream_seq, project, project_seq, event, digest, salt, hash, entry)
     select $1, * from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::bytea[],
       $9::bytea[], $10::bytea[], $11::bytea[])`,
    [
      workspace,
      placed.map(({ index }) => index),
      placed.map(({ draft }) => draft.stream),
      placed.map(({ numbers }) => numbers.streamSeq),
      placed.map(({ numbers }) => numbers.project),
      placed.map(({ numbers }) => numbers.projectSeq),
      placed.map(({ draft }) => draft.event),
      placed.map(({ draft }) => draft.digest),
      placed.map(({ draft }) => draft.salt),
      placed.map(({ leaf }) => leaf.hash),
      placed.map(({ leaf }) => leaf.entry),
    ],
  );
  const touches = placed.flatMap(({ draft, index }) => draft.touches.map((stream) => ({ stream, index })));
  if (touches.length === 0) return;
  await tx.query(
    'insert into custody.ledger_touch (workspace, stream, index) select $1, * from unnest($2::text[], $3::bigint[])',
    [workspace, touches.map(({ stream }) => stream), touches.map(({ index }) => index)],
  );
}

/**
 * Gives drafts their places at the end of a workspace's log, and their numbers, inside the caller's transaction. `write`
 * makes a leaf of a draft and its numbers. Answers how many were new. The log's row stays locked until the caller
 * commits: places are given one after another, without gaps.
 */
export async function sequenceLeaves<D extends LeafDraft>(
  tx: EntityManager,
  workspace: string,
  drafts: readonly D[],
  write: (draft: D, numbers: LeafNumbers) => Leaf,
): Promise<number> {
  await tx.query('insert into custody.ledger_log (workspace) values ($1) on conflict do nothing', [workspace]);
  const [head]: Array<{ sequenced: string }> = await tx.query(
    'select sequenced from custody.ledger_log where workspace = $1 for update',
    [workspace],
  );
  const fresh = await newOnes(tx, workspace, drafts);
  if (fresh.length === 0) return 0;
  const first = Number(head?.sequenced);
  const placed = (await numberDrafts(tx, workspace, fresh)).map(({ draft, numbers }, i) => {
    return { draft, numbers, index: first + i, leaf: write(draft, numbers) };
  });
  await insert(tx, workspace, placed);
  await tx.query('update custody.ledger_log set sequenced = sequenced + $2 where workspace = $1', [
    workspace,
    placed.length,
  ]);
  return placed.length;
}
