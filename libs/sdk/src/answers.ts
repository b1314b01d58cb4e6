import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodePositionToken, encodePositionToken, mergePositions, type PositionToken } from '@runledger/contracts';
import type { StagedArtifact } from './deliver';
import type { Verdict } from './door';
import type { Damage } from './lane-reader';
import type { SenderEvents } from './lane-sender';
import type { ReportProblem } from './problem';
import type { Reachability } from './reachability';
import type { LaneName } from './segments';
import type { Frame } from './spool-frame';
import type { WriterFolder } from './writer-folder';

export type AnswersOptions = Readonly<{
  spool: string;
  folder: WriterFolder;
  run: string;
  report: ReportProblem;
  reachability: Reachability;
  settled?: () => void;
}>;

/** What the server said to one writer's batches, and what follows from it. */
export class Answers implements SenderEvents {
  readonly #options: AnswersOptions;
  #token: PositionToken | undefined;
  #refused = 0;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Everything acknowledged so far, as one position to read at. */
  get position(): string | undefined {
    return this.#token && encodePositionToken(this.#token);
  }
  get refusals(): number {
    return this.#refused;
  }

  stored(lane: LaneName, frame: Frame, body: unknown): void {
    const { position } = (body ?? {}) as { position?: unknown };
    if (typeof position === 'string') this.#reached(position);
    if (lane === 'artifacts') this.#dropBlob(frame);
    this.#options.reachability.answered();
  }

  settled(): void {
    this.#options.settled?.();
  }

  #reached(text: string): void {
    try {
      const token = decodePositionToken(text);
      const before = this.#token?.incarnation === token.incarnation ? this.#token.log : [];
      this.#token = { ...token, log: mergePositions([...before, ...token.log]) };
    } catch {
      // A token of a later format: reading at it is not possible, sending is.
    }
  }

  #dropBlob(frame: Frame): void {
    const { blob } = JSON.parse(frame.payload.toString()) as StagedArtifact;
    rmSync(join(this.#options.folder.path, blob), { force: true });
  }

  /** The whole batch and the server's reason go into the refused file; nothing that log() took is thrown away. */
  refused(lane: LaneName, frame: Frame, { status, error }: Extract<Verdict, { kind: 'refused' }>): void {
    const { run, folder, report } = this.#options;
    const { sequence } = frame;
    const path = this.#aside('refused', `${run.replaceAll(':', '-')}.${folder.writer}.jsonl`);
    const line = { time: new Date().toISOString(), run, writer: folder.writer, lane, sequence, status, error };
    const body = frame.payload.toString('base64');
    appendFileSync(path, `${JSON.stringify({ ...line, body })}\n`, { mode: 0o600 });
    if (lane === 'artifacts') this.#keepBlob(frame);
    if (this.#refused++ === 0)
      report({
        code: 'SDK_REFUSED',
        message: `the server refused batch ${sequence} of ${lane} of run ${run} for ever: ${error}. It is kept in ${path}`,
      });
  }

  #keepBlob(frame: Frame): void {
    const { blob } = JSON.parse(frame.payload.toString()) as StagedArtifact;
    copyFileSync(
      join(this.#options.folder.path, blob),
      this.#aside('refused', `${this.#options.folder.writer}.${blob}`),
    );
  }

  /** A file beside the writers' folders, which stays when the writer's folder goes. */
  #aside(kind: 'refused' | 'damaged', name: string): string {
    const folder = join(this.#options.spool, kind);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, name);
  }

  delayed(_: LaneName, verdict: Extract<Verdict, { kind: 'again' | 'held' }>): void {
    this.#options.reachability.delayed(verdict);
  }

  /** A torn end is what a kill leaves: a batch that nobody was promised. Anything else is kept for a person to look at. */
  damaged({ path, from, bytes, torn }: Damage): void {
    if (torn) return;
    const kept = this.#aside('damaged', `${this.#options.folder.writer}.${basename(path)}`);
    copyFileSync(path, kept);
    const message = `${bytes} bytes from byte ${from} of ${path} on cannot be read; the file is kept as ${kept}`;
    this.#options.report({ code: 'SDK_SPOOL_DAMAGED', message });
  }
}
