import { Readable } from 'node:stream';
import type { Artifacts, ErasedBytes, ExpiredBytes } from '@runledger/artifacts';
import type { Log } from '@runledger/bus';
import type { ObjectiveScope } from '@runledger/contracts';
import {
  BundleWriter,
  type EvidenceScope,
  type EvidenceSource,
  type ExportedLeaf,
  type LeafBody,
  type Manifest,
  type SegmentMessage,
} from '@runledger/evidence';
import { Fault, isFault } from '@runledger/kernel';
import { type NoteSigner, proverOf } from '@runledger/merkle';
import type { PersonalData } from '@runledger/personal';
import {
  createLedgerExports,
  createMetadataReads,
  type KeptLeaf,
  type LeafSelection,
  noteHandedOut,
  objectivesOf,
  readRecordedRuns,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { NotaryRoom } from './notary-room';
import { readPayloads } from './payload-reads';
import { recordsOfSegment, segmentLine } from './segment';
import { createTreeHashes } from './tree-hashes';

export type EvidencePorts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'read'>;
  artifacts: Pick<Artifacts, 'open'>;
  room: NotaryRoom;
  /** Opens what is sealed of people, for the dossier; it stays sealed when absent. */
  personal?: PersonalData | null | undefined;
  /** The signer of a workspace's log. */
  signerOf: (workspace: string) => NoteSigner;
}>;
export type EvidenceRequest = Readonly<{
  workspace: string;
  /** Who asks, as a surrogate id. */
  actor: string;
  scope: EvidenceScope;
  /** Whether the bytes of artifacts are exported too. */
  artifacts: boolean;
  /** Whether the dossier tells what sealed texts say. */
  names: boolean;
}>;

/** Leaves of a page: they, their payloads and one segment are in memory at a time. */
const PAGE = 1_000;

type Selected = Readonly<{ selection: LeafSelection; complete: Manifest['complete'] }>;

const expiredBytes = ({ event, at }: Fault['context']): ExpiredBytes => ({ event: String(event), at: String(at) });
const nothing = (): Fault => new Fault('missing', 'NOTARY_MISSING', 'the log has nothing of this, or not yet');

/** Bundles of evidence, as streams. */
export function createEvidenceRoom({ source, log, artifacts, room, personal, signerOf }: EvidencePorts) {
  const exports = createLedgerExports(source);
  const metadata = createMetadataReads(source);

  /** A model's stream has its versions too; the runs that they come from say how they were made. */
  async function streamsOfModel(workspace: string, name: string, version: number | null): Promise<string[]> {
    const model = await metadata.findModel(workspace, name);
    if (model === null) throw nothing();
    const versions =
      version === null
        ? await metadata.listModelVersions(workspace, model.id, { limit: 1_000 })
        : [await metadata.getModelVersion(workspace, model.id, version)];
    if (versions.includes(null)) throw nothing();
    const runs = [...new Set(versions.flatMap((one) => one?.value.run ?? []))];
    return [`model/${model.id}`, ...(await streamsOfRuns(workspace, runs))];
  }

  /** What was said of runs, what of them has expired, and what they are judged by. */
  async function streamsOfRuns(workspace: string, runs: readonly string[]): Promise<string[]> {
    const own = [...runs.map((run) => `run/${run}`), ...runs.map((run) => `expiry/${run}`)];
    return [...own, ...(await objectivesOfRuns(workspace, runs))];
  }

  /** Streams of the objectives that runs are judged by. */
  async function objectivesOfRuns(workspace: string, runs: readonly string[]): Promise<string[]> {
    const recorded = await readRecordedRuns(source, workspace, runs);
    const scopes = [...recorded.values()].flatMap(({ project, experiment }): ObjectiveScope[] => [
      ...(project === null ? [] : [{ kind: 'project' as const, id: project }]),
      ...(experiment === null ? [] : [{ kind: 'experiment' as const, id: experiment }]),
    ]);
    const found = await objectivesOf(source, workspace, scopes);
    return found.map(({ id }) => `objective/${id}`);
  }

  async function ofStreams(workspace: string, streams: readonly string[], size: number): Promise<Selected> {
    const counts = await exports.countStreams(workspace, streams, size);
    if (!counts.has(streams[0] ?? '')) throw nothing();
    return {
      selection: { kind: 'streams', streams },
      complete: { kind: 'streams', streams: Object.fromEntries([...counts].sort()) },
    };
  }

  async function select({ workspace, scope }: EvidenceRequest, size: number): Promise<Selected> {
    switch (scope.kind) {
      case 'run':
        return ofStreams(workspace, await streamsOfRuns(workspace, [scope.run]), size);
      case 'model':
        return ofStreams(workspace, await streamsOfModel(workspace, scope.model, scope.version), size);
      case 'project': {
        const leaves = await exports.countProject(workspace, scope.project, size);
        if (leaves === 0) throw nothing();
        const { project } = scope;
        return { selection: { kind: 'project', project }, complete: { kind: 'project', project, leaves } };
      }
      case 'time': {
        const range = await exports.between(workspace, Date.parse(scope.from), Date.parse(scope.to));
        if (range.first >= range.end) throw nothing();
        return { selection: { kind: 'range', ...range }, complete: { kind: 'range', ...range } };
      }
      default:
        return scope satisfies never;
    }
  }

  /** Whether a message's subject is asked for. */
  async function filterOf(workspace: string, selection: LeafSelection, subjects: readonly string[]) {
    if (selection.kind === 'range') return () => true;
    const own =
      selection.kind === 'streams'
        ? new Set(selection.streams)
        : await exports.streamsIn(workspace, selection.project, subjects);
    return (subject: string) => own.has(subject);
  }

  function sourceOf({ workspace, names }: EvidenceRequest, selection: LeafSelection, size: number): EvidenceSource {
    const page = new Map<number, KeptLeaf>();
    return {
      async *leaves() {
        for (let after = -1; ; ) {
          const leaves = await exports.page(workspace, selection, { after, size, limit: PAGE });
          if (leaves.length === 0) return;
          page.clear();
          for (const leaf of leaves) page.set(leaf.index, leaf);
          yield leaves;
          after = leaves.at(-1)?.index ?? size;
        }
      },
      hashOf: createTreeHashes(room.reads, workspace, size),
      payloads: (leaves: readonly ExportedLeaf[]) =>
        readPayloads(
          log,
          leaves.flatMap(({ index }) => page.get(index) ?? []),
        ),
      async *messages({ segment }: LeafBody): AsyncGenerator<SegmentMessage> {
        if (segment === undefined) return;
        const records = await recordsOfSegment(log, workspace, segment);
        const subjects = records.map(({ headers }) => headers['ce_subject'] ?? '');
        const isWanted = await filterOf(workspace, selection, [...new Set(subjects)]);
        const lines = records.map((record) => segmentLine(record).text);
        const prove = proverOf(lines.map((line) => Buffer.from(line)));
        for (const [at, record] of records.entries())
          if (isWanted(subjects[at] ?? ''))
            yield { line: lines[at] ?? '', at, size: lines.length, proof: prove(at), value: Buffer.from(record.value) };
      },
      async namesOf(sealed) {
        if (!personal || !names) return {};
        const opened = sealed.map(async (text) => [text, await personal.opened(workspace, text)] as const);
        return Object.fromEntries(await Promise.all(opened));
      },
      async artifact(digest) {
        try {
          const { stream, size: bytes } = await artifacts.open(`sha256:${digest}`);
          return { size: bytes, bytes: stream as AsyncIterable<Buffer> };
        } catch (error) {
          if (!isFault(error) || error.kind !== 'missing') throw error;
          if (error.code === 'ARTIFACTS_EXPIRED') return { expired: expiredBytes(error.context) };
          return error.code === 'ARTIFACTS_ERASED' ? { erased: error.context as ErasedBytes } : null;
        }
      },
    };
  }

  return {
    /** A bundle, as an archive in a stream. @throws Fault missing NOTARY_NO_LOG, NOTARY_MISSING */
    async open(request: EvidenceRequest): Promise<Readable> {
      const { workspace, actor, scope } = request;
      const head = await room.witnessed(workspace);
      const { selection, complete } = await select(request, head.size);
      const { artifacts: withArtifacts, names } = request;
      await noteHandedOut(source, {
        workspace,
        actor,
        kind: 'evidence',
        scope: { ...scope, artifacts: withArtifacts, names },
      });
      const signer = signerOf(workspace);
      const writer = new BundleWriter(
        sourceOf(request, selection, head.size),
        {
          scope,
          complete,
          origin: signer.name,
          size: head.size,
          root: head.root.toString('hex'),
          checkpoint: head.note,
          artifacts: request.artifacts,
          madeAt: new Date().toISOString(),
          madeFor: actor,
        },
        signer,
      );
      return Readable.from(writer.write(), { objectMode: false });
    },
  };
}
export type EvidenceRoom = ReturnType<typeof createEvidenceRoom>;
