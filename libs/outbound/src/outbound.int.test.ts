import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let asked = 0;
let server: Server;
let port: number;
const opened: Outbound[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  asked = 0;
  answer = (_request, response) => response.end('hello');
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function outbound(options: Partial<OutboundOptions> = {}): Outbound {
  const made = createOutbound({ trust: 'user', timeoutMs: 1_000, ...options });
  opened.push(made);
  return made;
}
const LOOPBACK = { allowed: ['127.0.0.0/8'] };
const get = (one: Outbound, url: string) => one.call({ method: 'GET', url });
const at = (host: string): string => `http://${host}:${port}/`;
const code = (code: string): unknown => expect.objectContaining({ code });

describe('a target that a user set', () => {
  it.each([
    'localhost',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0',
    '169.254.169.254',
    '[fd00:ec2::254]',
  ])('at %s is not reached', async (host) => {
    await expect(get(outbound(), at(host))).rejects.toEqual(code('OUTBOUND_PRIVATE'));
    expect(asked).toBe(0);
  });

  it('is not reached by a name that turns private after it was looked at', async () => {
    const addresses = ['93.184.216.34', '127.0.0.1'];
    const lookup = async () => [{ address: addresses.shift() ?? '127.0.0.1' }];
    const one = outbound({ lookup });
    await expect(get(one, at('rebinding.example'))).rejects.toEqual(code('OUTBOUND_PLAIN'));
    await expect(get(one, at('rebinding.example'))).rejects.toEqual(code('OUTBOUND_PRIVATE'));
    expect(asked).toBe(0);
  });

  it('is reached at its allowed addresses alone, where a name has several', async () => {
    const lookup = async () => [{ address: '10.0.0.1' }, { address: '::1' }, { address: '127.0.0.1' }];
    expect((await get(outbound({ ...LOOPBACK, lookup }), at('several.example'))).body).toBe('hello');
  });

  it('is tried at its next address when one does not answer', async () => {
    const lookup = async () => [{ address: '127.0.0.2' }, { address: '127.0.0.1' }];
    expect((await get(outbound({ ...LOOPBACK, lookup }), at('several.example'))).status).toBe(200);
  });

  it('is allowed by its range, also where the address is written as one of IPv6', async () => {
    expect((await get(outbound(LOOPBACK), at('127.0.0.1'))).status).toBe(200);
    await expect(get(outbound({ allowed: ['10.0.0.0/8'] }), at('127.0.0.1'))).rejects.toEqual(code('OUTBOUND_PRIVATE'));
  });

  it('is not followed where it points elsewhere', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    expect((await get(outbound(LOOPBACK), at('127.0.0.1'))).status).toBe(302);
    expect(asked).toBe(1);
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'http://u:p@example.com/', 'nonsense', ''])(
    'is no %s',
    async (url) => expect(get(outbound(), url)).rejects.toEqual(code('OUTBOUND_BAD_URL')),
  );
});

describe('a target that an operator set', () => {
  it('is reached wherever it is', async () => {
    expect((await get(outbound({ trust: 'operator' }), at('127.0.0.1'))).body).toBe('hello');
  });
});

describe('a call', () => {
  it('has a name in its Host header, and ends with what it sent', async () => {
    const seen: string[] = [];
    answer = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => {
        seen.push(`${request.headers.host} ${String(request.headers['x-one'])} ${text}`);
        response.end();
      });
    };
    const lookup = async () => [{ address: '127.0.0.1' }];
    const one = outbound({ ...LOOPBACK, lookup });
    await one.call({ method: 'POST', url: at('named.example'), headers: { 'x-one': '1' }, body: 'sent' });
    expect(seen).toEqual([`named.example:${port} 1 sent`]);
  });

  it('asks for the certificate of the name by https, though it connects to an address', async () => {
    let hello = '';
    const tcp = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (bytes: Buffer) => {
          hello = bytes.toString('latin1');
          socket.destroy();
        });
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    const lookup = async () => [{ address: '127.0.0.1' }];
    const call = get(outbound({ ...LOOPBACK, lookup }), `https://named.example:${port}/`);
    await expect(call).rejects.toEqual(code('OUTBOUND_FAILED'));
    expect(hello).toContain('named.example'); // the server name of the ClientHello (RFC 6066 section 3)
    tcp.close();
  });

  it('ends when its time is over, before an answer or in the middle of one', async () => {
    const one = outbound({ ...LOOPBACK, timeoutMs: 300 });
    answer = () => undefined;
    await expect(get(one, at('127.0.0.1'))).rejects.toEqual(code('OUTBOUND_TIMEOUT'));
    answer = (_request, response) => {
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    };
    await expect(get(one, at('127.0.0.1'))).rejects.toEqual(code('OUTBOUND_TIMEOUT'));
  });

  it('reads no more of an answer than it may', async () => {
    let sent = 0;
    answer = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 50_000_000 && response.write(Buffer.alloc(64 * 1024, 'x'))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    };
    const { body } = await get(outbound({ ...LOOPBACK, answerBytes: 1_000 }), at('127.0.0.1'));
    expect(body).toBe('x'.repeat(1_000));
    expect(sent).toBeLessThan(20_000_000);
  });

  it('says of a closed port no more than that nobody was there', async () => {
    const free = port === 1 ? 2 : 1;
    await expect(get(outbound(LOOPBACK), `http://127.0.0.1:${free}/`)).rejects.toEqual(code('OUTBOUND_FAILED'));
  });
});
