import { z } from 'zod';
import { count, flag, portNumber, readConfig } from './config';

const shape = {
  RUNLEDGER_PORT: portNumber.default(7070),
  RUNLEDGER_AUTH: flag.default(true),
  RUNLEDGER_LIMIT: count.optional(),
  RUNLEDGER_DATA: z.string().min(1).default('.runledger'),
};

const refusal = (code: string, said: string): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(said) as string }) as Error;

describe('settings', () => {
  it('have defaults, and are parsed once into real numbers and booleans, frozen', () => {
    const config = readConfig(shape, { RUNLEDGER_AUTH: 'off', RUNLEDGER_PORT: '0', PATH: '/bin', HOME: undefined });
    expect(config).toEqual({ RUNLEDGER_PORT: 0, RUNLEDGER_AUTH: false, RUNLEDGER_DATA: '.runledger' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ['RUNLEDGER_PROT', 'RUNLEDGER_PORT'],
    ['RUNLEDGER_AUTHN', 'RUNLEDGER_AUTH'],
    ['RUNLEDGER_DATA_', 'RUNLEDGER_DATA'],
  ])('stop the start where a name is not known: %s, with the nearest that is', (name, nearest) => {
    expect(() => readConfig(shape, { [name]: 'x' })).toThrow(refusal('KERNEL_UNKNOWN_SETTING', `${nearest}?`));
  });

  it('that are unknown stop the start even when they are empty, and known ones of other programs do not', () => {
    expect(() => readConfig(shape, { RUNLEDGER_X: '' })).toThrow();
    expect(() => readConfig(shape, { RUNLEDGER: 'x', XRUNLEDGER_PORT: 'x' })).not.toThrow();
    expect(() => readConfig(shape, { RUNLEDGER_URL: 'http://x', RUNLEDGER_API_KEY: 'k' })).not.toThrow();
  });

  it.each([
    ['RUNLEDGER_PORT', '65536'],
    ['RUNLEDGER_PORT', '-1'],
    ['RUNLEDGER_PORT', ''],
    ['RUNLEDGER_PORT', '0x10'],
    ['RUNLEDGER_LIMIT', '1e3'],
    ['RUNLEDGER_PORT', '70.5'],
    ['RUNLEDGER_PORT', 'http'],
    ['RUNLEDGER_AUTH', 'yes'],
    ['RUNLEDGER_AUTH', ''],
    ['RUNLEDGER_LIMIT', '-3'],
    ['RUNLEDGER_DATA', ''],
  ])('that make no sense stop the start: %s=%s', (name, value) => {
    expect(() => readConfig(shape, { [name]: value })).toThrow(refusal('KERNEL_BAD_SETTING', name));
  });
});
