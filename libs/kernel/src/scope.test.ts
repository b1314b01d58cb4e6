import { setTimeout as sleep } from 'node:timers/promises';
import { Scope } from './scope';

const noting = (notes: string[], name: string) => async () => {
  notes.push(`start ${name}`);
  return {
    value: name,
    async stop() {
      await sleep(1);
      notes.push(`stop ${name}`);
    },
  };
};

describe('a scope', () => {
  it('starts one after another and stops in reverse', async () => {
    const scope = new Scope();
    const notes: string[] = [];
    expect(await scope.start('a', noting(notes, 'a'))).toBe('a');
    await scope.start('b', noting(notes, 'b'));
    scope.own('c', () => void notes.push('stop c'));
    await scope.stop();
    expect(notes).toEqual(['start a', 'start b', 'stop c', 'stop b', 'stop a']);
  });

  it('undoes what it started when a later start fails, and says which one', async () => {
    const scope = new Scope();
    const notes: string[] = [];
    await scope.start('a', noting(notes, 'a'));
    const cause = new Error('no port');
    await expect(scope.start('b', () => Promise.reject(cause))).rejects.toMatchObject({
      message: 'could not start b: no port',
      cause,
    });
    expect(notes).toEqual(['start a', 'stop a']);
  });

  it('stops everything though some of it fails, and reports every failure', async () => {
    const scope = new Scope();
    const notes: string[] = [];
    scope.own('first', () => Promise.reject(new Error('one')));
    await scope.start('a', noting(notes, 'a'));
    scope.own('last', () => {
      throw new Error('two');
    });
    const error = await scope.stop().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).toEqual([
      'Error: could not stop last',
      'Error: could not stop first',
    ]);
    expect(notes).toEqual(['start a', 'stop a']);
  });

  it('stops once, however often it is told to, and everybody waits for it', async () => {
    const scope = new Scope();
    const notes: string[] = [];
    await scope.start('a', noting(notes, 'a'));
    await Promise.all([scope.stop(), scope.stop()]);
    await scope.stop();
    expect(notes).toEqual(['start a', 'stop a']);
  });
});
