import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door, DoorRequest, Verdict } from './door';
import { type ExperimentChoice, resolveExperiment } from './experiment';
import type { LaneName } from './segments';
import type { Frame } from './spool-frame';
import { writeWhole } from './whole-file';

/** The first facts of a run whose experiment was not known when they were written. */
export type Announcement = Readonly<{ choice: ExperimentChoice; body: string }>;
/** What stands for the experiment's id in an announcement's body. No entity id can look like it. */
export const UNKNOWN_EXPERIMENT = '{experiment}';
/** Bytes that wait under `blob` in the writer's folder. */
export type StagedArtifact = Readonly<{
  /** Of the fact that the server records. */
  id: string;
  path: string;
  blob: string;
  digest: string;
  size: number;
  mediaType: string;
}>;

const UPLOAD_TIMEOUT_MS = 600_000;
const EXPERIMENT_FILE = 'experiment';

/** Turns frames into requests, the same bytes at each attempt. */
export class Deliverer {
  readonly #door: Door;
  readonly #folder: string;
  readonly #run: string;

  constructor(door: Door, folder: string, run: string) {
    this.#door = door;
    this.#folder = folder;
    this.#run = run;
  }

  deliver(lane: LaneName, frame: Frame): Promise<Verdict> {
    if (lane === 'metrics') return this.#door.attempt(metricsRequest(frame.payload));
    if (lane === 'artifacts') return this.#upload(JSON.parse(frame.payload.toString()) as StagedArtifact);
    if (frame.kind === 'announcement') return this.#announce(frame.payload);
    return this.#door.attempt(eventsRequest(frame.payload));
  }

  async #upload(artifact: StagedArtifact): Promise<Verdict> {
    const file = join(this.#folder, artifact.blob);
    const verdict = await this.#door.attempt({
      method: 'PUT',
      path: `runs/${encodeURIComponent(this.#run)}/artifacts/${artifact.path.split('/').map(encodeURIComponent).join('/')}`,
      mediaType: artifact.mediaType,
      idempotencyKey: artifact.id,
      length: artifact.size,
      body: () => createReadStream(file),
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    if (verdict.kind !== 'stored') return verdict;
    const { digest } = (verdict.body ?? {}) as { digest?: unknown };
    if (digest === undefined || digest === artifact.digest) return verdict;
    return {
      kind: 'again',
      error: `${artifact.path} arrived as ${JSON.stringify(digest)}, and was sent as ${artifact.digest}`,
    };
  }

  async #announce(payload: Buffer): Promise<Verdict> {
    const { choice, body } = JSON.parse(payload.toString()) as Announcement;
    const known = this.#knownExperiment();
    if (known !== undefined) return this.#door.attempt(eventsRequest(withExperiment(body, known)));
    const verdict = await resolveExperiment(this.#door, choice);
    if (verdict.kind !== 'found') return verdict;
    // On disk first: every attempt, of every process, sends the same bytes.
    writeWhole(join(this.#folder, EXPERIMENT_FILE), verdict.experiment);
    return this.#door.attempt(eventsRequest(withExperiment(body, verdict.experiment)));
  }

  #knownExperiment(): string | undefined {
    try {
      return readFileSync(join(this.#folder, EXPERIMENT_FILE), 'utf8');
    } catch {
      return undefined;
    }
  }
}

const withExperiment = (body: string, experiment: string): string =>
  body.replace(JSON.stringify(UNKNOWN_EXPERIMENT), JSON.stringify(experiment));

const metricsRequest = (body: Uint8Array): DoorRequest => ({
  method: 'POST',
  path: 'metrics',
  mediaType: 'application/protobuf',
  body,
});

const eventsRequest = (body: Uint8Array | string): DoorRequest => ({
  method: 'POST',
  path: 'events',
  mediaType: 'application/json',
  body,
});
