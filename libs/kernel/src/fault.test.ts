import { FAULT_KINDS, Fault, isFault } from './fault';

describe('a fault', () => {
  it('is known by a mark that two copies of the package share', () => {
    const fault = new Fault('conflict', 'ROOM_REASON', 'say what to do', { cause: 1, context: { a: 1 } });
    expect(fault).toMatchObject({
      kind: 'conflict',
      code: 'ROOM_REASON',
      message: 'say what to do',
      cause: 1,
      context: { a: 1 },
    });
    expect(isFault(fault)).toBe(true);
    expect(isFault(Object.assign(new Error('x'), { [Symbol.for('runledger.fault')]: true }))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'x', {}]) expect(isFault(other)).toBe(false);
    expect(new Fault('bug', 'A_B', 'c')).not.toHaveProperty('cause');
  });

  it('is worth another try exactly where the server is at fault for now', () => {
    const retried = Object.entries(FAULT_KINDS).filter(([, kind]) => kind.retry);
    expect(retried.map(([name]) => name).sort()).toEqual(['full', 'overloaded', 'unavailable']);
  });
});
