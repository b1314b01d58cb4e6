import { openCheckpoint, parseTlogProof, parseVerifierKey, verifyTlogProof } from '@runledger/merkle';
import { drawing, RecursiveTree } from '@runledger/testkit';
import { announced, facts, HOST, metrics, openScene, type Scene } from '../test/notary-scene';
import { brokenStreams, fetchLog, leavesOf, readLog } from '../test/read-log';
import { payloadDigest } from './leaf';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.notary();
});
afterAll(() => scene.close());

const ORIGIN = `${HOST}/log/default`;
const address = (more: object = {}) => ({
  url: scene.server.url,
  workspace: 'default',
  key: scene.keys.reader,
  ...more,
});
const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

describe('the log of a workspace', () => {
  it('has a leaf for every event and a segment for metrics, gapless in each stream, and goes on from every checkpoint', async () => {
    await scene.log.publish([facts('r1', ids('a', 3)), facts('r2', ids('b', 2)), metrics('r1', 0)]);
    await scene.published();
    const before = await readLog(address(), ORIGIN);
    expect(
      leavesOf(before)
        .filter(({ type }) => type === 'tags.set')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'b-1']);
    await scene.log.publish([facts('r1', ids('c', 300)), metrics('r1', 1), metrics('r2', 0)]);
    await scene.published();
    const after = await readLog(address(), ORIGIN);
    const segments = leavesOf(after).flatMap(({ segment }) => segment ?? []);
    expect(segments.reduce((sum, { points }) => sum + points, 0)).toBe(30);
    expect(after.checkpoint.size).toBe(305 + segments.length);
    expect(after.continues(before.checkpoint)).toBe(true);
    expect(brokenStreams(after)).toEqual([]);
    expect(after.entries.slice(0, before.entries.length)).toEqual(before.entries);
  });

  it('numbers the leaves of a project without gaps, from the first event of a stream that names it', async () => {
    const started = { experiment: 'x', project: 'vision' };
    await scene.log.publish([facts('p1', ['early']), announced('p1', started), announced('p2', started)]);
    await scene.log.publish([facts('p1', ids('p1', 3)), facts('p2', ids('p2', 2))]);
    await scene.published();
    const own = leavesOf(await readLog(address(), ORIGIN)).filter(({ project }) => project === 'vision');
    expect(own.map(({ project_seq }) => project_seq)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const first = own.find(({ stream }) => stream === 'run/p1');
    expect([first?.type, first?.stream_seq]).toEqual(['run.started', 1]); // so that 0 is known to be missing
  });

  it('has an event that comes again once, and with other content twice', async () => {
    await scene.log.publish([facts('r3', ['once'])]);
    await scene.log.publish([facts('r3', ['once']), facts('r3', ['once'], { value: 'other' })]);
    await scene.published();
    const log = await readLog(address(), ORIGIN);
    expect(
      leavesOf(log)
        .filter(({ id }) => id === 'once')
        .map(({ stream_seq }) => stream_seq),
    ).toEqual([0, 1]);
  });

  it('is another one than that of the next workspace, which looks as if there were none', async () => {
    await scene.log.publish([facts('r1', ['theirs'], { workspace: 'other' })]);
    await scene.published();
    const theirs = await readLog(address({ workspace: 'other', key: scene.keys.other }), `${HOST}/log/other`);
    expect(leavesOf(theirs).map(({ id, stream_seq }) => [id, stream_seq])).toEqual([['theirs', 0]]);
    for (const path of ['checkpoint', 'vkey', 'tile/0/000.p/1', 'tile/entries/000.p/1']) {
      const answers = await Promise.all([
        fetchLog(address({ workspace: 'other' }), path),
        fetchLog(address({ workspace: 'nobodys' }), path),
        fetchLog(address({ key: scene.keys.writer }), path),
        fetchLog(address({ key: 'wrong' }), path),
      ]);
      expect([path, ...answers.map(({ status }) => status)]).toEqual([path, 404, 404, 403, 401]);
      expect(await answers[0]?.text()).toBe(await answers[1]?.text());
    }
  });

  it('has one root for a size, in all checkpoints, which are kept', async () => {
    const answer = await fetch(`${scene.server.url}/api/v1/checkpoints?limit=1000`, {
      headers: { authorization: `Bearer ${scene.keys.reader}` },
    });
    const { checkpoints } = (await answer.json()) as { checkpoints: Array<{ size: number; root: string }> };
    const log = await readLog(address(), ORIGIN);
    expect(checkpoints[0]).toMatchObject({ size: log.checkpoint.size, root: log.checkpoint.root.toString('hex') });
    for (const { size, root } of checkpoints)
      expect([size, log.continues({ origin: ORIGIN, size, root: Buffer.from(root, 'hex') })]).toEqual([size, true]);
  });

  it('serves files for ever, the checkpoint for now, and nothing that is not there', async () => {
    const { size } = (await readLog(address(), ORIGIN)).checkpoint;
    const tile = await fetchLog(address(), 'tile/0/000');
    expect([tile.status, tile.headers.get('cache-control')]).toEqual([200, 'private, max-age=31536000, immutable']);
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    const narrow = await fetchLog(address(), 'tile/0/000.p/7');
    expect((await narrow.arrayBuffer()).byteLength).toBe(7 * 32);
    const checkpoint = await fetchLog(address(), 'checkpoint');
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(checkpoint.headers.get('cache-control')).toBe('private, no-cache');
    const beyond = `tile/0/001.p/${(size % 256) + 1}`;
    for (const path of [beyond, 'tile/0/999', 'tile/9/000', 'tile/0/000.p/256', 'tile/x', 'tile/64/000'])
      expect([path, (await fetchLog(address(), path)).status]).toEqual([path, 404]);
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      const answer = await fetch(`${scene.server.url}/log/default/checkpoint`, {
        method,
        headers: { authorization: `Bearer ${scene.keys.reader}` },
      });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
  });
});

describe('a proof of an event', () => {
  const proofsOf = async (event: string, key = scene.keys.reader) =>
    fetch(`${scene.server.url}/api/v1/proofs/event/${event}`, { headers: { authorization: `Bearer ${key}` } });

  it('holds without the server, for the very bytes that it comes with', async () => {
    await scene.log.publish([facts('r9', ['proved'], { value: 'Ada Lovelace' })]);
    await scene.published();
    const { verifierKey, proofs } = (await (await proofsOf('proved')).json()) as {
      verifierKey: string;
      proofs: Array<{ index: number; entry: string; proof: string }>;
    };
    const [one] = proofs;
    expect([proofs.length, parseTlogProof(one?.proof ?? '').index]).toEqual([1, one?.index]);
    const trust = { origin: ORIGIN, keys: [parseVerifierKey(verifierKey)] };
    const entry = Buffer.from(one?.entry ?? '');
    expect(verifyTlogProof(one?.proof ?? '', entry, trust).size).toBeGreaterThan(one?.index ?? 0);
    entry[20] = (entry[20] ?? 0) ^ 1;
    expect(() => verifyTlogProof(one?.proof ?? '', entry, trust)).toThrow();
    expect(one?.entry).not.toContain('Ada');
  });

  it('commits to the payload by a salt that is kept apart', async () => {
    const [row]: Array<{ salt: Buffer; entry: Buffer }> = await scene.source.query(
      `select salt, entry from custody.ledger_leaf where event = 'proved'`,
    );
    const data = { tags: [{ key: 'k', value: 'Ada Lovelace' }] };
    const digest = payloadDigest({ event: { type: 'tags.set', dataversion: 1, data } }, row?.salt ?? Buffer.alloc(0));
    expect(row?.entry.toString()).toContain(digest);
  });

  it('is not there for an event that is not, or is not the caller’s', async () => {
    expect((await proofsOf('never')).status).toBe(404);
    expect((await proofsOf('proved', scene.keys.other)).status).toBe(404);
    expect((await proofsOf('a%20b')).status).toBe(400);
  });
});

describe('proofs of random events', () => {
  const SEED = 41;
  const get = async (path: string): Promise<unknown> =>
    (
      await fetch(`${scene.server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${scene.keys.reader}` } })
    ).json();
  type Proved = { verifierKey: string; proofs: Array<{ index: number; stream: string; entry: string; proof: string }> };
  type Signed = { size: number; root: string };

  /** What was said of each event, each wording once, by the event's id. */
  async function recorded(draw: () => number): Promise<Map<string, Set<string>>> {
    const said = new Map<string, Set<string>>();
    const sent: Array<Parameters<typeof facts>> = [];
    for (let round = 0; round < 30; round++) {
      const again = sent[Math.floor(draw() * sent.length)];
      const next: Parameters<typeof facts> = [
        `random-${Math.floor(draw() * 4)}`,
        Array.from({ length: 1 + Math.floor(draw() * 3) }, (_, i) => `random-${round}-${i}`),
        { value: `v${Math.floor(draw() * 3)}` },
      ];
      const [run, events, { value = '' } = {}] =
        again === undefined || draw() < 0.6
          ? next
          : draw() < 0.5
            ? again
            : ([again[0], again[1], next[2]] as Parameters<typeof facts>);
      sent.push([run, events, { value }]);
      await scene.log.publish([facts(run, events, { value })]);
      for (const id of events) said.set(id, (said.get(id) ?? new Set()).add(value));
      if (round % 10 === 9) await scene.published();
    }
    return said;
  }

  it(`lead to every root as RFC 6962 defines it, each from its own event alone, of seed ${SEED}`, async () => {
    const draw = drawing(SEED);
    const said = await recorded(draw);
    const { entries, checkpoint } = await readLog(address(), ORIGIN);
    const tree = new RecursiveTree(entries);
    for (const [id, wordings] of said) {
      const { verifierKey, proofs } = (await get(`proofs/event/${id}`)) as Proved;
      const own = entries.flatMap((entry, index) =>
        (JSON.parse(entry.toString()) as { id: string }).id === id ? [index] : [],
      );
      expect([id, own.length, proofs.map(({ index }) => index)]).toEqual([id, wordings.size, own]);
      const trust = { origin: ORIGIN, keys: [parseVerifierKey(verifierKey)] };
      for (const { index, entry, proof } of proofs) {
        const { hashes, checkpoint: note } = parseTlogProof(proof);
        const { size, root } = openCheckpoint(note, ORIGIN, trust.keys);
        expect([entry, root, hashes]).toEqual([
          entries[index]?.toString(),
          tree.mth(0, size),
          tree.path(index, 0, size),
        ]);
        expect(verifyTlogProof(proof, Buffer.from(entry), trust).size).toBe(size);
        for (const other of entries.filter((_, at) => at !== index && draw() < 0.1))
          expect(() => verifyTlogProof(proof, other, trust)).toThrow();
      }
    }
    const { checkpoints } = (await get('checkpoints?limit=1000')) as { checkpoints: Signed[] };
    const { head } = (await get('ledger')) as { head: Signed };
    expect(checkpoints.map(({ root }) => root)).toEqual(
      checkpoints.map(({ size }) => tree.mth(0, size).toString('hex')),
    );
    expect([head.size, head.root]).toEqual([checkpoint.size, checkpoint.root.toString('hex')]);
    expect(head).toEqual(checkpoints[0]);
  });
});

describe('two notaries', () => {
  it('leave no pause of ten seconds when the one that signs dies', async () => {
    await scene.source.query(`update custody.ledger_writer set epoch = epoch + 1, holder = 'dead', seen_at = now()`);
    await scene.log.publish([facts('taken', ['over'])]);
    const began = Date.now();
    await scene.published();
    expect(Date.now() - began).toBeLessThan(9_000);
  });

  it('share the partitions, and only one of them signs', async () => {
    const second = await scene.notary({ holder: 'second' });
    await scene.log.publish(Array.from({ length: 40 }, (_, i) => facts(`two-${i}`, [`two-${i}`])));
    await scene.published();
    const log = await readLog(address(), ORIGIN);
    expect(leavesOf(log).filter(({ id }) => id.startsWith('two-'))).toHaveLength(40);
    expect(brokenStreams(log)).toEqual([]);
    await second.stop();
    await scene.log.publish([facts('two', ['after'])]);
    await scene.published();
  });

  it('do not both sign when they have other keys or names: the log stands still instead', async () => {
    const before = await readLog(address(), ORIGIN);
    await scene.source.query(`update custody.ledger_log set verifier_key = 'other' where workspace = 'default'`);
    await scene.log.publish([facts('r1', ['unsigned'])]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const [row]: Array<{ published: string; sequenced: string }> = await scene.source.query(
      `select published, sequenced from custody.ledger_log where workspace = 'default'`,
    );
    expect([Number(row?.published), Number(row?.sequenced)]).toEqual([
      before.checkpoint.size,
      before.checkpoint.size + 1,
    ]);
    await scene.source.query(`update custody.ledger_log set verifier_key = null where workspace = 'default'`);
    await scene.published();
    expect((await readLog(address(), ORIGIN)).continues(before.checkpoint)).toBe(true);
  });
});
