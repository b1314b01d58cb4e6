import { Fault, isFault } from '@runledger/kernel';
import {
  COSIGNATURE,
  formatVerifierKey,
  type NoteVerifier,
  openNote,
  parseNote,
  parseVerifierKey,
  planConsistency,
} from '@runledger/merkle';
import type { Outbound } from '@runledger/outbound';
import { createLedgerReads, keepCosignature, sizeCosigned, type Undelivered } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { CheckpointSink } from './checkpoint-sink';
import { createTreeHashes, readProof } from './tree-hashes';

type Witness = Readonly<{ verifier: NoteVerifier; url: string }>;

/** `<verifier key> <URL>`, as the settings have it. @throws Fault invalid NOTARY_BAD_WITNESS */
export function parseWitness(text: string): Witness {
  const bad = (cause?: unknown): Fault =>
    new Fault('invalid', 'NOTARY_BAD_WITNESS', `this is not the verifier key of a witness and its URL: ${text}`, {
      cause,
    });
  const [key = '', url = '', ...more] = text.split(/\s+/);
  if (more.length > 0 || !/^https?:\/\/[^\s]+$/.test(url)) throw bad();
  try {
    const verifier = parseVerifierKey(key);
    if (verifier.type !== COSIGNATURE) throw bad();
    return { verifier, url: url.replace(/\/+$/, '') };
  } catch (error) {
    throw bad(error);
  }
}

/** C2SP tlog-witness, "add-checkpoint": a size the witness knows instead, null where the answer has none. */
const sizeIn = (body: string): number | null => (/^\d{1,15}\n$/.test(body) ? Number(body) : null);

/**
 * A witness (C2SP tlog-witness) of somebody else: it signs a checkpoint when the log goes on from the one that it signed before,
 * so that nobody can be shown another log under its signature. What it signed is checked, and kept beside the checkpoint.
 */
export function witnessSink(
  { verifier, url }: Witness,
  { source, outbound }: Readonly<{ source: DataSource; outbound: Outbound }>,
): CheckpointSink {
  const key = formatVerifierKey(verifier);
  const reads = createLedgerReads(source);

  async function addCheckpoint({ workspace, size, note }: Undelivered, old: number) {
    const plan = old === 0 ? [] : planConsistency(old, size);
    const proof = await readProof(plan, createTreeHashes(reads, workspace, size));
    const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))];
    return outbound.call({
      method: 'POST',
      url: `${url}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `${lines.join('\n')}\n\n${note}`,
    });
  }

  /** What follows from an answer that is no signature. A witness that is away or does not know the log yet is asked again. */
  function refused({ workspace, size }: Undelivered, status: number, old: number): Fault {
    // 409 to a size that it has itself: it has another root there.
    if (status === 422 || (status === 409 && old === size))
      return new Fault(
        'bug',
        'NOTARY_WITNESS_REFUSED',
        `${verifier.name} has signed another log than ${workspace}/${size}`,
      );
    return new Fault('unavailable', 'NOTARY_SINK_AWAY', `${verifier.name} answered ${status} to ${workspace}/${size}`);
  }

  /** The signature of this witness among those that it answered. @throws Fault unavailable NOTARY_SINK_AWAY */
  function cosignatureIn(note: string, answer: string): { line: string; time: number } {
    const { text } = parseNote(note);
    for (const line of answer.split('\n')) {
      if (!line.startsWith(`— ${verifier.name} `)) continue;
      try {
        const [own] = openNote(`${text}\n${line}\n`, [verifier]).verified;
        if (own?.time) return { line, time: own.time };
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }
    throw new Fault('unavailable', 'NOTARY_SINK_AWAY', `${verifier.name} answered without a signature of its own`);
  }

  return {
    name: key,
    kind: 'witness',
    async deliver(checkpoint) {
      const { workspace, size, note } = checkpoint;
      let old = await sizeCosigned(source, key, workspace);
      let answer = await addCheckpoint(checkpoint, old);
      const known = answer.status === 409 ? sizeIn(answer.body) : null;
      if (known !== null && known > size)
        throw new Fault('conflict', 'NOTARY_WITNESS_AHEAD', `${verifier.name} has signed ${workspace} at ${known}`);
      if (known !== null) {
        old = known;
        answer = await addCheckpoint(checkpoint, old);
      }
      if (answer.status !== 200) throw refused(checkpoint, answer.status, old);
      await keepCosignature(source, { workspace, size, witness: key, ...cosignatureIn(note, answer.body) });
    },
  };
}
