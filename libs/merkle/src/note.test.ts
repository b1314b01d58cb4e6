import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint';
import { GrowingTree } from './growing-tree';
import { leafHash } from './hash';
import { formatNote, openNote, parseNote, signatureOf, signNote } from './note';
import {
  COSIGNATURE,
  formatSignerKey,
  formatVerifierKey,
  generateSigner,
  parseSignerKey,
  parseVerifierKey,
} from './note-key';
import { planInclusion, proofOf } from './prove';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof';

const code = (name: string): Error => expect.objectContaining({ code: name }) as Error;

// The example of Go's golang.org/x/mod/sumdb/note.
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const TEXT =
  'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
    '’',
    "'",
  );
const NOTE = `${TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a signed note', () => {
  it('is the one that Go signs, with its keys', () => {
    const signer = parseSignerKey(SKEY);
    expect([formatSignerKey(signer), formatVerifierKey(signer)]).toEqual([SKEY, VKEY]);
    expect(signNote(TEXT, [signer])).toBe(NOTE);
    const { text, verified } = openNote(NOTE, [parseVerifierKey(VKEY)]);
    expect([text, verified.map(({ verifier }) => verifier.name)]).toEqual([TEXT, ['PeterNeumann']]);
  });

  it('ignores who is not known, by name or by id', () => {
    const [log, other] = [generateSigner('example.com/log'), generateSigner('example.com/log')];
    const note = signNote('text\n', [other, log]);
    expect(openNote(note, [log]).verified).toEqual([{ verifier: log, time: null }]);
    expect(() => openNote(note, [generateSigner('example.com/log')])).toThrow(code('MERKLE_UNSIGNED'));
    expect(() => openNote(note, [])).toThrow(code('MERKLE_UNSIGNED'));
  });

  it('is refused when anything that was signed is another, whatever other signatures say', () => {
    const [log, other] = [generateSigner('log'), generateSigner('other')];
    const note = signNote('ein Text\n\nmit ü\n', [log, other]);
    expect(openNote(note, [log, other]).verified).toHaveLength(2);
    expect(() => openNote(note.replace('ü', 'u'), [other])).toThrow(code('MERKLE_BAD_SIGNATURE'));
    const [first, second] = parseNote(note).signatures;
    const swapped = { name: 'log', id: first?.id ?? 0, bytes: second?.bytes ?? Buffer.alloc(0) };
    const forged = formatNote({ text: parseNote(note).text, signatures: [swapped, ...(second ? [second] : [])] });
    expect(() => openNote(forged, [log, other])).toThrow(code('MERKLE_BAD_SIGNATURE'));
  });

  it('has two signatures while keys change, and either is enough', () => {
    const [old, next] = [generateSigner('log'), generateSigner('log')];
    const note = signNote('text\n', [old, next]);
    for (const key of [old, next]) expect(openNote(note, [key]).text).toBe('text\n');
  });

  it('bears the time of a witness', () => {
    const [log, witness] = [generateSigner('log'), generateSigner('witness', COSIGNATURE)];
    const text = 'origin\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
    const signatures = [signatureOf(text, log), signatureOf(text, witness, 1_679_315_147)];
    const note = formatNote({ text, signatures });
    expect(openNote(note, [witness]).verified).toEqual([{ verifier: witness, time: 1_679_315_147 }]);
    const later = { ...signatures[1], bytes: Buffer.from(signatures[1]?.bytes ?? []) };
    later.bytes[7] = (later.bytes[7] ?? 0) ^ 1;
    const forged = formatNote({ text, signatures: [{ name: 'witness', id: witness.id, bytes: later.bytes }] });
    expect(() => openNote(forged, [witness])).toThrow(code('MERKLE_BAD_SIGNATURE'));
    expect(parseVerifierKey(formatVerifierKey(witness)).type).toBe(COSIGNATURE);
  });

  it.each([
    '',
    'text',
    'text\n',
    'text\n\n',
    'text\n\n\n',
    'text\n\n— name',
    'text\n\n— name AAAAAAA=\nmore\n',
    'text\n\n— name AAAAAAA=',
    'text\n\n— name AAAAAAB=\n',
    'text\n\n— name AAAA\n',
    'text\n\n-- name AAAAAAA=\n',
    'text\n\n— na+me AAAAAAA=\n',
    'text\n\n—  AAAAAAA=\n',
    'te\rxt\n\n— name AAAAAAA=\n',
    'te\u0000xt\n\n— name AAAAAAA=\n',
    'te\ud800xt\n\n— name AAAAAAA=\n',
    `text\n\n${'— name AAAAAAA=\n'.repeat(101)}`,
    `${'x'.repeat(1_000_001)}\n\n— name AAAAAAA=\n`,
  ])('is not %.40j', (note) => {
    expect(() => parseNote(note)).toThrow(code('MERKLE_BAD_NOTE'));
  });

  it.each(['', 'a+b', 'a+00000000+AA==', VKEY.replace('c74f', 'c74e'), VKEY.replace('ARpc', 'AhpC'), `${VKEY}=`])(
    'has no verifier %j',
    (key) => {
      expect(() => parseVerifierKey(key)).toThrow(code('MERKLE_BAD_KEY'));
      expect(() => parseSignerKey(`PRIVATE+KEY+${key}`)).toThrow(code('MERKLE_BAD_KEY'));
      expect(() => generateSigner('a b')).toThrow(code('MERKLE_BAD_KEY'));
    },
  );
});

describe('a checkpoint', () => {
  const log = generateSigner('example.com/log');
  const root = new GrowingTree().root();

  it('is what was signed', () => {
    const note = signCheckpoint({ origin: log.name, size: 0, root }, [log]);
    expect(note.split('\n').slice(0, 4)).toEqual([log.name, '0', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', '']);
    expect(openCheckpoint(note, log.name, [log])).toEqual({ origin: log.name, size: 0, root });
    expect(() => openCheckpoint(note, 'other', [log])).toThrow(code('MERKLE_OTHER_ORIGIN'));
    expect(() => signCheckpoint({ origin: 'a\nb', size: 0, root }, [log])).toThrow(code('MERKLE_BAD_CHECKPOINT'));
  });

  const HASH = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  it('may have lines of others', () => {
    expect(parseCheckpoint(`o\n20852163\n${HASH}\nextension\n`)).toMatchObject({ origin: 'o', size: 20_852_163 });
  });
  it.each([
    '',
    'o\n1\n',
    `o\n1\n${HASH}`,
    `\n1\n${HASH}\n`,
    `o\n01\n${HASH}\n`,
    `o\n-1\n${HASH}\n`,
    `o\n9007199254740992\n${HASH}\n`,
    `o\n1e3\n${HASH}\n`,
    `o\n1\n${HASH.slice(4)}\n`,
    `o\n1\n${HASH}\n\n`,
  ])('is not %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(code('MERKLE_BAD_CHECKPOINT'));
  });
});

describe('a proof to take along', () => {
  const log = generateSigner('example.com/log');
  const entries = ['a', 'b', 'c'].map((text) => Buffer.from(text));
  const hashes = entries.map(leafHash);
  const tree = new GrowingTree();
  for (const hash of hashes) tree.append(hash);
  const checkpoint = signCheckpoint({ origin: log.name, size: 3, root: tree.root() }, [log]);
  const nodes = [...hashes];
  const pair = new GrowingTree();
  for (const hash of hashes.slice(0, 2)) pair.append(hash);
  const proof = (index: number, extra?: Buffer) =>
    formatTlogProof({
      index,
      hashes: proofOf(planInclusion(index, 3), ({ level, index: at }) =>
        level === 0 ? (nodes[at] ?? Buffer.alloc(0)) : pair.root(),
      ),
      checkpoint,
      extra,
    });
  const trust = { origin: log.name, keys: [log] };

  it('proves each entry, and no other', () => {
    for (const [index, entry] of entries.entries()) {
      expect(verifyTlogProof(proof(index), entry, trust)).toMatchObject({ origin: log.name, size: 3 });
      expect(() => verifyTlogProof(proof(index), Buffer.from('d'), trust)).toThrow(code('MERKLE_NOT_INCLUDED'));
    }
    expect(() => verifyTlogProof(proof(0), Buffer.from('b'), trust)).toThrow(code('MERKLE_NOT_INCLUDED'));
  });

  it('carries what the application adds', () => {
    const text = proof(2, Buffer.from('more'));
    expect(text.split('\n').slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'extra bW9yZQ==', 'index 2']);
    expect(parseTlogProof(text)).toMatchObject({ index: 2, extra: Buffer.from('more'), checkpoint });
  });

  it('does not hold with a byte changed anywhere but in what nobody signs', () => {
    const text = proof(1);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(() => verifyTlogProof(other.toString(), Buffer.from('b'), trust)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^MERKLE_/) as string }),
      );
    }
  });

  it.each<[string, (text: string) => string]>([
    ['has another first line', (text) => text.replace('@v1', '@v2')],
    ['has no index', (text) => text.replace('index 1\n', '')],
    ['has a padded index', (text) => text.replace('index 1', 'index 01')],
    ['has no hash in a line', (text) => text.replace('index 1\n', 'index 1\nAAAA\n')],
    ['has bad extra data', (text) => text.replace('index 1\n', 'extra !\nindex 1\n')],
    ['has no checkpoint', (text) => text.split('\n\n')[0] ?? ''],
    [
      'has too many hashes',
      (text) => text.replace('index 1\n', `index 1\n${`${hashes[0]?.toString('base64')}\n`.repeat(64)}`),
    ],
  ])('is none when it %s', (_, change) => {
    expect(() => parseTlogProof(change(proof(1)))).toThrow(code('MERKLE_BAD_PROOF'));
  });
});
