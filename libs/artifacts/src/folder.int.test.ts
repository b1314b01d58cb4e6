import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spawnTypeScript, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { artifactsContract, digestOf, noLocksContract } from './artifacts.contract';
import { openArtifactFolder } from './folder';

const run = promisify(execFile);
const folders: TemporaryFolder[] = [];
function newFolder(): string {
  const folder = temporaryFolder('artifacts');
  folders.push(folder);
  return folder.path;
}
afterAll(() => {
  for (const folder of folders) folder.remove();
});

const everyFile = async (root: string): Promise<string[]> =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name).slice(root.length + 1));

async function* bytes(total: number): AsyncGenerator<Uint8Array> {
  for (let left = total; left > 0; left -= 65_536) yield Buffer.alloc(Math.min(left, 65_536), 7);
}

describe('artifacts in a folder', () => {
  artifactsContract(async () => openArtifactFolder(newFolder()));
  noLocksContract(async () => openArtifactFolder(newFolder()), /bucket of S3/);

  it('survive a new start', async () => {
    const root = newFolder();
    const { digest } = await (await openArtifactFolder(root)).put(bytes(100));
    expect(await (await openArtifactFolder(root)).has(digest)).toBe(true);
  });

  it('leave no file behind when an upload fails', async () => {
    const root = newFolder();
    const artifacts = await openArtifactFolder(root);
    await expect(artifacts.put(bytes(200_000), { maxBytes: 100_000 })).rejects.toMatchObject({ kind: 'too-large' });
    expect(await everyFile(root)).toEqual([]);
  });

  it('sweep uploads that were left behind, and no others', async () => {
    const root = newFolder();
    const unfinished = join(root, 'unfinished');
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'abandoned'), 'x');
    await writeFile(join(unfinished, 'under-way'), 'x');
    const before = Date.now() / 1_000 - 2 * 60 * 60;
    await utimes(join(unfinished, 'abandoned'), before, before);
    await openArtifactFolder(root);
    expect(await everyFile(root)).toEqual(['unfinished/under-way']);
  });

  it('show nothing of an upload whose process was killed', async () => {
    const root = newFolder();
    const upload = spawnTypeScript(join(__dirname, '../test/slow-upload.ts'), [root]);
    await upload.line(/half of it is there/);
    upload.kill('SIGKILL');
    await upload.ended;
    const artifacts = await openArtifactFolder(root);
    expect(await artifacts.has(digestOf('first half'))).toBe(false);
    expect((await everyFile(root)).map((file) => file.split('/')[0])).toEqual(['unfinished']);
  });

  it('say that the disk is full, keep what they have, and go on when there is room', async () => {
    const root = join(newFolder(), 'small');
    await mkdir(root);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', root]).then(
      () => true,
      () => false,
    );
    if (!mounted) return limitedBySize();
    try {
      const artifacts = await openArtifactFolder(root);
      const { digest } = await artifacts.put(bytes(1_000_000));
      const refusal = { kind: 'full', code: 'ARTIFACTS_FULL' };
      await expect(artifacts.put(bytes(5_000_000))).rejects.toMatchObject(refusal);
      const both = await Promise.allSettled([artifacts.put(bytes(1_500_000)), artifacts.put(bytes(1_500_001))]);
      const reasons = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(reasons).not.toHaveLength(0); // at least one of them, or both, since they grow side by side
      for (const reason of reasons) expect(reason).toMatchObject(refusal);
      expect(await artifacts.has(digest)).toBe(true);
      expect((await everyFile(root)).filter((file) => file.startsWith('unfinished'))).toEqual([]);
      expect(await artifacts.put(bytes(100_000))).toMatchObject({ size: 100_000 });
    } finally {
      execFileSync('umount', [root]);
    }
  });

  it('say the same where a limit of the process, and not the disk, stops a file from growing', limitedBySize);
});

/** EFBIG, which needs no rights: SIGXFSZ is ignored, and files may have 1,000 blocks of 1 KiB. */
async function limitedBySize(): Promise<void> {
  const root = newFolder();
  const command = `trap '' XFSZ; ulimit -f 1000; exec "$0" "$@"`;
  const runner = join(WORKSPACE, 'libs/testkit/run-typescript.cjs');
  const program = join(__dirname, '../test/large-upload.ts');
  const { stdout } = await run('bash', ['-c', command, process.execPath, runner, program, join(root, 'data')]);
  expect(stdout.trim()).toBe('full ARTIFACTS_FULL');
  expect(existsSync(join(root, 'data/unfinished'))).toBe(true);
  expect(await everyFile(join(root, 'data'))).toEqual([]);
}
