import { livenessOf, nobody, thisProcess } from './owner';

describe('the owner of a writer', () => {
  it('is live while its process is there', () => {
    expect(livenessOf(thisProcess())).toBe('live');
    expect(livenessOf({ ...thisProcess(), pid: process.ppid, started: '0' })).toBe('live');
  });

  it('is dead when its number belongs to nobody, or to a process that started later', () => {
    expect(livenessOf({ ...thisProcess(), pid: 2 ** 22 + 1 })).toBe('dead');
    expect(livenessOf({ ...thisProcess(), started: '1' })).toBe('dead');
    expect(livenessOf(nobody())).toBe('dead');
  });

  it('cannot be judged on another host', () => {
    expect(livenessOf({ ...thisProcess(), host: 'elsewhere' })).toBe('foreign');
  });
});
