import { Fault } from '@runledger/kernel';
import { type CanonicalValue, canonicalJson } from '@runledger/merkle';
import { z } from 'zod';

const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'urn:runledger:evidence:v1';

const count = z.int().min(0);
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), run: z.string() }),
  z.strictObject({ kind: z.literal('model'), model: z.string(), version: count.nullable() }),
  z.strictObject({ kind: z.literal('project'), project: z.string() }),
  z.strictObject({ kind: z.literal('time'), from: z.string(), to: z.string() }),
]);
const predicate = z.strictObject({
  scope,
  origin: z.string(),
  size: count,
  root: hex,
  /** What the bundle has all of, at that size of the log. */
  complete: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('streams'), streams: z.record(z.string(), count) }),
    z.strictObject({ kind: z.literal('project'), project: z.string(), leaves: count }),
    z.strictObject({ kind: z.literal('range'), first: count, end: count }),
  ]),
  leaves: count,
  messages: count,
  points: count,
  artifacts: z.strictObject({
    /** False where whoever asked may not read them, or did not want them. */
    included: z.boolean(),
    /** Digests that the leaves name and the store does not have. */
    absent: z.array(hex),
    /** Those of them that were erased. */
    erased: z.array(z.strictObject({ digest: hex, erasure: z.string(), at: z.iso.datetime() })).optional(),
    /** Those of them that have expired, and the event of the ledger by which they went. */
    expired: z.array(z.strictObject({ digest: hex, event: z.string(), at: z.iso.datetime() })).optional(),
  }),
  /** How the dossier was made of the rest; another number is made otherwise. */
  dossier: z.int(),
  madeAt: z.iso.datetime(),
  madeFor: z.string(),
});
const statement = z.strictObject({
  _type: z.literal(STATEMENT),
  subject: z.tuple([z.strictObject({ name: z.literal('SHA256SUMS'), digest: z.strictObject({ sha256: hex }) })]),
  predicateType: z.literal(PREDICATE),
  predicate,
});

/** What is exported. `version` is null for all versions of a model. Times are RFC 3339. */
export type EvidenceScope = z.output<typeof scope>;
/** What the manifest of a bundle says. */
export type Manifest = z.output<typeof predicate>;

/** An in-toto statement, version 1, about the list of a bundle's files. */
export const writeStatement = (sums: string, manifest: Manifest): Buffer =>
  Buffer.from(
    canonicalJson({
      _type: STATEMENT,
      subject: [{ name: 'SHA256SUMS', digest: { sha256: sums } }],
      predicateType: PREDICATE,
      predicate: manifest as unknown as CanonicalValue,
    }),
  );

/** @throws Fault invalid EVIDENCE_BAD_MANIFEST */
export function readStatement(body: Buffer): { sums: string; manifest: Manifest } {
  try {
    const parsed = statement.parse(JSON.parse(body.toString()));
    return { sums: parsed.subject[0].digest.sha256, manifest: parsed.predicate };
  } catch (cause) {
    throw new Fault('invalid', 'EVIDENCE_BAD_MANIFEST', 'manifest.dsse.json: this is no statement about evidence', {
      cause,
    });
  }
}
