import { isUuid } from '@runledger/kernel';
import { deliveryId, signature } from './signature';

describe('a signature', () => {
  it('is the one that MLflow 3.17.2 makes', () => {
    const id = '0b5e4f8e-1111-8222-8333-444455556666';
    expect(signature('a secret', { id, timestamp: '1767323045', body: '{"entity": "é"}' })).toBe(
      'v1,3GB/Q3XZAniit1zyPb9uq8oNfjzQCcS9gns6x5E7iXs=',
    );
  });
});

describe('the id of a delivery', () => {
  const id = (webhook: string, source: string): string => deliveryId(webhook, Buffer.from(source));
  it('is a UUID, the same for the same event at the same webhook, and no other', () => {
    expect(isUuid(id('a', 'x'))).toBe(true);
    expect(id('a', 'x')).toBe(id('a', 'x'));
    expect(new Set([id('a', 'x'), id('a', 'y'), id('b', 'x')]).size).toBe(3);
  });
});
