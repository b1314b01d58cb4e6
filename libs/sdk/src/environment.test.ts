import { FACTS } from '@runledger/contracts';
import { withoutCredentials } from './code-version';
import { collectEnvironment, safeCommand } from './environment';

describe('what is recorded of the surroundings', () => {
  it('blots secrets out of the command line', () => {
    expect(safeCommand(['node', 'train.js', '--api-key=abc', '--lr', '0.1', '--token', 'xyz', '--data=key.csv'])).toBe(
      'node train.js --api-key=*** --lr 0.1 --token *** --data=key.csv',
    );
  });

  it('takes name and password out of a remote', () => {
    expect(withoutCredentials('https://me:secret@git.example.com/a/b.git')).toBe('https://git.example.com/a/b.git');
    expect(withoutCredentials('git@git.example.com:a/b.git')).toBe('git@git.example.com:a/b.git');
  });

  it('is an environment that the event takes', () => {
    const environment = collectEnvironment();
    expect(FACTS['environment.recorded'].data.safeParse(environment).success).toBe(true);
    expect(environment.packages?.map(({ name }) => name)).toContain('undici');
  });
});
