import type { Artifacts } from '@runledger/artifacts';
import type { CodeRow } from '@runledger/contracts';
import type { CompareAnswer } from '@runledger/contracts/http';
import type { CompareReads, OfRun } from '@runledger/postgres';
import { diffLines } from './diff-lines';

const MOST_RUNS = 20;
const MOST_BYTES = 512 * 1024;

type Parts = Readonly<{ compare: CompareReads; artifacts: Artifacts }>;
type Asked = Readonly<{
  workspace: string;
  runs: ReadonlyArray<Readonly<{ run: string }>>;
  codes: ReadonlyArray<OfRun<CodeRow>>;
  /** Of the baseline among the runs. */
  at: number;
}>;

async function textOf(artifacts: Artifacts, digest: string): Promise<string | null> {
  const parts: Buffer[] = [];
  for await (const part of (await artifacts.open(digest)).stream) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const text = bytes.toString();
  return text.isWellFormed() && Buffer.from(text).equals(bytes) ? text : null;
}

/** How the uncommitted changes of runs differ from the baseline's; a run without a change has an empty patch. */
export async function comparePatches({ compare, artifacts }: Parts, asked: Asked): Promise<CompareAnswer['patches']> {
  const { workspace, runs, codes, at } = asked;
  const baseline = runs[at]?.run ?? '';
  const shown = [...new Set([baseline, ...runs.map(({ run }) => run)])].slice(0, MOST_RUNS);
  const digestOf = new Map(
    codes.flatMap(({ run, value }) => (value.diffDigest === null ? [] : [[run, value.diffDigest] as const])),
  );
  const wanted = new Map(
    shown.flatMap((run) => (digestOf.has(run) ? [[run, digestOf.get(run) as string] as const] : [])),
  );
  const stored = new Map((await compare.patches(workspace, wanted)).map((patch) => [patch.run, patch]));
  const texts = new Map<string, string | null>();
  for (const { run, digest, size } of stored.values())
    texts.set(run, size > MOST_BYTES ? null : await textOf(artifacts, digest));
  const textFor = (run: string): string | null => (digestOf.has(run) ? (texts.get(run) ?? null) : '');
  return shown.map((run) => {
    const [before, after] = [textFor(baseline), textFor(run)];
    const diff = before === null || after === null ? null : diffLines(before, after);
    return { run, digest: digestOf.get(run) ?? null, stored: stored.has(run), diff: diff === '' ? null : diff };
  });
}
