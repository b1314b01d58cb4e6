import { createHash } from 'node:crypto';
import type { Assessed, Assessing } from '@runledger/commands';
import type { Evidence, ObjectiveResult } from '@runledger/contracts';
import { type DatedObjective, judgeObjective, type ModelVersion } from '@runledger/domain';
import { type CanonicalValue, canonicalJson } from '@runledger/merkle';
import { countVersionChanges, digestRunFacts, digestRunMetrics } from '@runledger/postgres';
import type { DataSource, EntityManager } from 'typeorm';
import { createJudge } from './judge-runs';
import { type LogName, seenPosition } from './seen-position';

export type AssessParts = Readonly<{ source: DataSource; log: LogName }>;
/** What an assessment of a version needs to be told of it. */
export type Asked = Omit<Assessing, 'facts'> & Readonly<{ facts: Omit<ModelVersion, 'stage'> }>;
export type Assess = (asked: Asked) => Promise<Assessed>;

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(canonicalJson(value as CanonicalValue))
    .digest('hex');

function factsDigest({ facts }: Asked): string {
  const { source, location, run, runLink, loggedModel, description, tags, links } = facts;
  return digestOf({ source, location, run, runLink, loggedModel, description, tags, links });
}

const withoutRun = (objective: DatedObjective): ObjectiveResult => ({
  ...judgeObjective(objective, { began: null, datasets: new Set(), metrics: new Map() }),
  reason: 'the version names no run',
});

async function judged(tx: EntityManager, { workspace, facts, objectives }: Asked) {
  if (facts.run === null) return { results: objectives.map(withoutRun), startedBy: null, run: null };
  const { run } = facts;
  const [found] = await createJudge(tx)(workspace, [run], objectives);
  return {
    results: [...(found?.results ?? [])],
    startedBy: found?.recorded?.startedBy ?? null,
    run: {
      run,
      facts: await digestRunFacts(tx, workspace, run),
      metrics: await digestRunMetrics(tx, workspace, run),
    },
  };
}

/** What is known of a version, on what is projected, in one snapshot; whoever asks has waited. */
export const createAssess =
  ({ source, log }: AssessParts): Assess =>
  (asked) =>
    source.transaction('REPEATABLE READ', async (tx) => {
      const { startedBy, ...known } = await judged(tx, asked);
      const { workspace, model, version: number, facts } = asked;
      const changes = await countVersionChanges(tx, workspace, { model, version: number });
      const said = { version: { digest: factsDigest(asked), changes }, ...known };
      const digest = digestOf({ model, number, ...said });
      const evidence: Evidence = {
        digest,
        position: await seenPosition(tx, log, { workspace, runs: facts.run === null ? [] : [facts.run] }),
        ...said,
      };
      return { evidence, startedBy };
    });
