import { join } from 'node:path';
import { spawnTypeScript, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { lockFolder } from './folder-lock';

const TAKER = join(__dirname, '../test/take-lock.ts');

describe('the lock of a folder', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder('lock');
  });
  afterEach(() => folder.remove());

  it('is refused to a second owner, and free after its release', () => {
    const lock = lockFolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(`is in use by process ${process.pid}`);
    lock.release();
    lockFolder(folder.path).release();
  });

  it('of a killed process goes to exactly one of many who want it at once', async () => {
    const first = spawnTypeScript(TAKER, [folder.path, '0']);
    await first.line(/taken/);
    first.kill('SIGKILL');
    await first.ended;
    const at = String(Date.now() + 2_500); // all are up by then, and go for it together
    const takers = Array.from({ length: 5 }, () => spawnTypeScript(TAKER, [folder.path, at]));
    const said = await Promise.all(takers.map((taker) => taker.line(/^(taken|refused .*)$/m)));
    expect(said.filter(([line]) => line === 'taken')).toHaveLength(1);
    await Promise.all(takers.map((taker) => taker.stop(0)));
  });
});
