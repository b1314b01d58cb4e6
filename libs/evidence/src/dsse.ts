import { sign, verify } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import { canonicalJson, type NoteSigner, type NoteVerifier } from '@runledger/merkle';
import { z } from 'zod';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const envelope = z.strictObject({
  payload: z.string(),
  payloadType: z.literal(PAYLOAD_TYPE),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).length(1),
});

const keyIdOf = ({ name, id }: NoteVerifier): string => `${name}+${id.toString(16).padStart(8, '0')}`;

/** DSSE v1, "Signature Definition": PAE(type, body). */
const preAuthEncoding = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${body.length} `), body]);

/** A DSSE envelope in its canonical JSON, with a newline. It has one signature: of a second one, not every verifier could tell whether it was damaged. */
export function signEnvelope(body: Buffer, signer: NoteSigner): Buffer {
  const sig = sign(null, preAuthEncoding(body), signer.privateKey).toString('base64');
  const signatures = [{ keyid: keyIdOf(signer), sig }];
  const text = canonicalJson({ payload: body.toString('base64'), payloadType: PAYLOAD_TYPE, signatures });
  return Buffer.from(`${text}\n`);
}

const bad = (why: string): Fault => new Fault('invalid', 'EVIDENCE_BAD_MANIFEST', `manifest.dsse.json: ${why}`);

function parse(bytes: Buffer): z.output<typeof envelope> {
  try {
    const parsed = envelope.parse(JSON.parse(bytes.toString()));
    const again = { ...parsed, payload: Buffer.from(parsed.payload, 'base64').toString('base64') };
    // One text for one envelope: what is spelled otherwise was not written by whoever signed it.
    if (Buffer.from(`${canonicalJson(again)}\n`).equals(bytes)) return parsed;
  } catch {
    // The same as another spelling.
  }
  throw bad('this is not a DSSE envelope in its canonical form');
}

/** The body of an envelope that one of the caller's keys has signed. @throws Fault invalid EVIDENCE_BAD_MANIFEST */
export function openEnvelope(bytes: Buffer, keys: readonly NoteVerifier[]): Buffer {
  const { payload, signatures } = parse(bytes);
  const body = Buffer.from(payload, 'base64');
  const { keyid = '', sig = '' } = signatures[0] ?? {};
  const key = keys.find((one) => keyIdOf(one) === keyid);
  if (key === undefined) throw bad('none of the keys that were given has signed it');
  const signature = Buffer.from(sig, 'base64');
  if (signature.toString('base64') !== sig || !verify(null, preAuthEncoding(body), key.publicKey, signature))
    throw bad(`the signature of ${keyid} does not hold`);
  return body;
}
