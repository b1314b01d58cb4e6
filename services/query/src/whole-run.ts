import type { Reach } from '@runledger/contracts';
import type { AsOf, MetadataReads, RunRecord } from '@runledger/postgres';
import {
  artifactAnswerOf,
  codeAnswerOf,
  conflictAnswerOf,
  environmentAnswerOf,
  inputAnswerOf,
  linkAnswerOf,
  paramAnswerOf,
  runAnswerOf,
  tagAnswerOf,
} from './answers';

/** Longer lists are read page by page. */
const SHOWN = 1_000;
const MOST_SAME = 100;

/** Other runs that did the same work. */
async function readSame(
  metadata: MetadataReads,
  reach: Reach,
  { run, asOf }: { run: RunRecord; asOf?: AsOf | undefined },
) {
  const fingerprint = await metadata.getFingerprint(reach.workspace, run);
  if (fingerprint === null) return { fingerprint, sameAs: [] };
  const runs = await metadata.runsOfFingerprint(reach, fingerprint, { limit: MOST_SAME + 1, asOf });
  return { fingerprint, sameAs: runs.filter((one) => one !== run.run).slice(0, MOST_SAME) };
}

/** A run with everything that it logged, but its metrics: what one page of the UI or one call of a client needs. */
export async function readWholeRun(metadata: MetadataReads, reach: Reach, run: RunRecord, asOf?: AsOf) {
  const { workspace } = reach;
  const page = { limit: SHOWN + 1 };
  const [params, tags, inputs, links, artifacts, conflicts, code, environment, same] = await Promise.all([
    metadata.listParams(workspace, run, page),
    metadata.listTags(workspace, run, page),
    metadata.listInputs(workspace, run),
    metadata.listLinks(workspace, run, SHOWN + 1),
    metadata.listArtifacts(workspace, run, page),
    metadata.listConflicts(workspace, run, SHOWN + 1),
    metadata.getCode(workspace, run),
    metadata.getEnvironment(workspace, run),
    readSame(metadata, reach, { run, asOf }),
  ]);
  const lists = { params, tags, inputs, links, artifacts, conflicts };
  return {
    ...runAnswerOf(run),
    ...same,
    params: params.slice(0, SHOWN).map(paramAnswerOf),
    tags: tags.slice(0, SHOWN).map(tagAnswerOf),
    inputs: inputs.slice(0, SHOWN).map(inputAnswerOf),
    links: links.slice(0, SHOWN).map(linkAnswerOf),
    artifacts: artifacts.slice(0, SHOWN).map(artifactAnswerOf),
    conflicts: conflicts.slice(0, SHOWN).map(conflictAnswerOf),
    code: code && codeAnswerOf(code),
    environment: environment && environmentAnswerOf(environment),
    truncated: Object.entries(lists).flatMap(([name, rows]) => (rows.length > SHOWN ? [name] : [])),
  };
}
