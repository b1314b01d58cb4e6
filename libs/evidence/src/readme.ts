import type { Manifest } from './statement';

/** What a bundle says about itself to whoever unpacks it. */
export const readmeOf = ({ origin, size, scope }: Pick<Manifest, 'origin' | 'size' | 'scope'>): Buffer =>
  Buffer.from(`Evidence from the log ${origin} at ${size} leaves.
Scope: ${JSON.stringify(scope)}

checkpoint          the log's signed checkpoint (C2SP tlog-checkpoint)
leaves/*.jsonl      leaves, one a line, byte for byte; leaves/*.parquet has the same
tree/*.txt          the rest of the tree, from left to right: "leaves N" are the next N leaves of leaves/*.jsonl,
                    "node L H" is the root H of 2^L leaves that are not here (RFC 9162, 2.1.1)
payloads/*.jsonl    what leaves commit to: payload_digest = HMAC-SHA256(salt, RFC 8785 of event)
messages/*.jsonl    messages of segments: the line is in the tree of the leaf's segment.root, its digest is SHA-256(value)
artifacts/*         files by their SHA-256
names.json          what sealed texts (sealed~1~...) of the dossier stood for when this was made, as the server told it: no
                    leaf commits to that, and it is not here where there is none
dossier.html        the same to read and print
SHA256SUMS          of every file above: sha256sum -c SHA256SUMS
manifest.dsse.json  in-toto statement about SHA256SUMS in a DSSE envelope, signed by the log's key

Take the verifier key of the log from a place that you trust, never from this bundle. "runledger verify <bundle> --key <key>"
checks all of it without a network; the guide "evidence" says how to do it without Runledger's code.
`);
