import type { EntityManager } from 'typeorm';

/** What will be a leaf. The same event of a stream with the same content is one leaf, however often it comes. */
export type LeafDraft = Readonly<{
  stream: string;
  event: string;
  /** Of the content, to know it again. */
  digest: Buffer;
  /** What the payload's digest in the leaf was made with, null where that hides nothing. */
  salt: Buffer | null;
}>;
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

/** The next number of each stream. The log's row is locked, so that nobody else counts in it. */
async function nextNumbers(
  tx: EntityManager,
  workspace: string,
  streams: readonly string[],
): Promise<Map<string, number>> {
  const rows: Array<{ stream: string; next_seq: string }> = await tx.query(
    'select stream, next_seq from custody.ledger_stream where workspace = $1 and stream = any($2::text[])',
    [workspace, streams],
  );
  return new Map(rows.map(({ stream, next_seq }) => [stream, Number(next_seq)]));
}

type Placed<D> = Readonly<{ draft: D; leaf: Leaf; number: number }>;

async function insert<D extends LeafDraft>(
  tx: EntityManager,
  workspace: string,
  first: number,
  placed: ReadonlyArray<Placed<D>>,
): Promise<void> {
  await tx.query(
    `insert into custody.ledger_leaf (workspace, index, stream, stream_seq, event, digest, salt, hash, entry)
     select $1, $2::bigint + at - 1, stream, stream_seq, event, digest, salt, hash, entry
     from unnest($3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[])
       with ordinality as l (stream, stream_seq, event, digest, salt, hash, entry, at)`,
    [
      workspace,
      first,
      placed.map(({ draft }) => draft.stream),
      placed.map(({ number }) => number),
      placed.map(({ draft }) => draft.event),
      placed.map(({ draft }) => draft.digest),
      placed.map(({ draft }) => draft.salt),
      placed.map(({ leaf }) => leaf.hash),
      placed.map(({ leaf }) => leaf.entry),
    ],
  );
}

/**
 * Gives drafts their places at the end of a workspace's log, and in their streams, inside the caller's transaction. `write`
 * makes a leaf of a draft and its number in the stream. Answers how many were new. The log's row stays locked until the
 * caller commits: places are given one after another, without gaps.
 */
export async function sequenceLeaves<D extends LeafDraft>(
  tx: EntityManager,
  workspace: string,
  drafts: readonly D[],
  write: (draft: D, streamSeq: number) => Leaf,
): Promise<number> {
  await tx.query('insert into custody.ledger_log (workspace) values ($1) on conflict do nothing', [workspace]);
  const [head]: Array<{ sequenced: string }> = await tx.query(
    'select sequenced from custody.ledger_log where workspace = $1 for update',
    [workspace],
  );
  const fresh = await newOnes(tx, workspace, drafts);
  if (fresh.length === 0) return 0;
  const numbers = await nextNumbers(tx, workspace, [...new Set(fresh.map(({ stream }) => stream))]);
  const placed = fresh.map((draft) => {
    const number = numbers.get(draft.stream) ?? 0;
    numbers.set(draft.stream, number + 1);
    return { draft, number, leaf: write(draft, number) };
  });
  await insert(tx, workspace, Number(head?.sequenced), placed);
  await tx.query(
    `insert into custody.ledger_stream (workspace, stream, next_seq)
     select $1, * from unnest($2::text[], $3::bigint[])
     on conflict (workspace, stream) do update set next_seq = excluded.next_seq`,
    [workspace, [...numbers.keys()], [...numbers.values()]],
  );
  await tx.query('update custody.ledger_log set sequenced = sequenced + $2 where workspace = $1', [
    workspace,
    placed.length,
  ]);
  return placed.length;
}
