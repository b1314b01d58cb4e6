import { Fault } from '@runledger/kernel';
import type { CodeVersion } from './code-version';
import { Door } from './door';
import type { Input } from './event-body';
import { type ConnectionOptions, readConnection } from './settings';
import type { ParamValue } from './split-facts';

/** What a run is going to do. */
export type Work = Readonly<{
  params?: Readonly<Record<string, ParamValue>>;
  /** As `collectGit` finds it. */
  code?: CodeVersion | undefined;
  inputs?: ReadonlyArray<Pick<Input, 'digest' | 'context'>>;
}>;
/** The first run that did it comes first; at most 100. */
export type SameRuns = Readonly<{
  /** Null: it cannot be told, since nothing is known or changed code has no digest. */
  fingerprint: string | null;
  runs: ReadonlyArray<Readonly<{ run: string; name: string | null; status: string; experiment: string | null }>>;
}>;

/**
 * Asks, before a run is started, which runs did the same work: the same params, code and data. One attempt.
 * @throws Fault invalid SDK_BAD_URL; unavailable SDK_NO_ANSWER
 */
export async function findSameRuns(work: Work, options: ConnectionOptions = {}): Promise<SameRuns> {
  const connection = readConnection(options);
  const door = new Door({ ...connection, url: connection.readUrl ?? connection.url });
  const { params = {}, code, inputs = [] } = work;
  const { commit, dirty, diffDigest } = code ?? {};
  const said = code === undefined ? {} : { code: { commit, dirty, diffDigest } };
  try {
    const verdict = await door.attempt({
      method: 'POST',
      path: 'fingerprints',
      mediaType: 'application/json',
      body: JSON.stringify({ params, ...said, inputs: inputs.map(({ digest, context }) => ({ digest, context })) }),
    });
    if (verdict.kind === 'stored') return verdict.body as SameRuns;
    throw new Fault('unavailable', 'SDK_NO_ANSWER', `which runs did the same cannot be known: ${verdict.error}`);
  } finally {
    await door.close();
  }
}
