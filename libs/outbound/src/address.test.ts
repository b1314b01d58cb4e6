import { addressSet, innermost, isPublicAddress } from './address';

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::ffff:169.254.169.254',
  '64:ff9b::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '::127.0.0.1',
  '3fff::1',
  '5f00::1',
  'localhost',
  '',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.1',
  '198.17.255.255',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '2002:808:808::1',
  '2606:4700:4700::1111',
  '2a00:1450:4001:80e::200e',
];

describe('an address', () => {
  it.each(PRIVATE)('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('a set of addresses', () => {
  const set = addressSet(['127.0.0.0/8', 'fd00::/8']);
  it('holds what its ranges hold', () => {
    expect(['127.9.9.9', 'fd12::1', '128.0.0.1', 'fe80::1', 'x'].map((one) => set.has(one))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
  it('holds a mapped address where it holds what is inside', () => {
    expect(set.has(innermost('::ffff:127.0.0.1'))).toBe(true);
  });
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'a/8', '10.0.0.0/8/8', '10.0.0.0/'])(
    'is not made of %s',
    (range) => expect(() => addressSet([range])).toThrow(expect.objectContaining({ code: 'OUTBOUND_BAD_RANGE' })),
  );
});
