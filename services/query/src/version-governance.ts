import type { Standing } from '@runledger/domain';
import { type Assess, actorAsPerson, createAssess, datedOf } from '@runledger/governance';
import { createMetadataReads, type ModelRecord, readRecordedRuns, type VersionRecord } from '@runledger/postgres';
import { factsOf, gateOf, versionGovernanceOf } from './governance-answers';
import type { QueryPorts } from './query-ports';

type Of = Readonly<{ workspace: string; model: ModelRecord; version: VersionRecord }>;

/** What is known of versions, and what they lack at gates: as a command would find it now. */
export function createVersionGovernance({ source, log, personOf = actorAsPerson }: QueryPorts) {
  const metadata = createMetadataReads(source);
  const assess = createAssess({ source, log });

  async function standingOf({ workspace, model, version }: Of, objectives: Parameters<Assess>[0]['objectives']) {
    const asked = { workspace, model: model.id, version: Number(version.name), facts: factsOf(version), objectives };
    const { evidence, startedBy } = await assess(asked);
    const actors = [version.value.createdBy, ...(startedBy === null ? [] : [startedBy])];
    const authors = await Promise.all(actors.map((actor) => personOf(workspace, actor)));
    return { evidence, authors: [...new Set(authors)] } satisfies Standing;
  }

  async function gatesOf({ workspace, model, version }: Of) {
    const { run } = version.value;
    const project = run === null ? null : (await readRecordedRuns(source, workspace, [run])).get(run)?.project;
    const holders = [`model/${model.id}`, ...(typeof project === 'string' ? [`project/${project}`] : [])];
    return (await metadata.gatesOf(workspace, holders)).map(gateOf);
  }

  return async function of(which: Of) {
    const { workspace, model, version } = which;
    const gates = await gatesOf(which);
    const standing = await standingOf(which, []);
    const judged = new Set(standing.evidence.results.map(({ objective }) => objective));
    const others = gates.flatMap(({ objectives }) => objectives).filter((objective) => !judged.has(objective));
    const more = others.length === 0 ? [] : (await metadata.objectivesByIds(workspace, others)).map(datedOf);
    return versionGovernanceOf(model.value.name, {
      version,
      gates,
      standing,
      atGates: more.length === 0 ? standing : await standingOf(which, more),
      aliases: await metadata.listModelAliases(workspace, [model.id]),
      approvals: await metadata.approvalsOf(workspace, model.id, Number(version.name)),
    });
  };
}
export type VersionGovernance = ReturnType<typeof createVersionGovernance>;
