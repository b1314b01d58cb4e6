import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

type SigningKey = Readonly<{ kid: string; privateKey: CryptoKey; publicKey: CryptoKey }>;
/** Undefined is a claim that is left out. */
type Claims = { [name in keyof JWTPayload]?: JWTPayload[name] | undefined };

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};
const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function newKey(kid: string): Promise<SigningKey> {
  return { kid, ...(await generateKeyPair('RS256', { extractable: true })) };
}

/**
 * An issuer that says what a test wants it to say, true or not: discovery, keys, and a token endpoint whose codes work once. It checks PKCE,
 * so that a client without it fails here.
 */
export async function openProvider(name = 'issuer') {
  let keys: SigningKey[] = [await newKey('first')];
  const codes = new Map<string, Readonly<{ token: string; challenge: string }>>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;

  const sign = async (claims: Claims, key: SigningKey = keys[0] as SigningKey): Promise<string> =>
    new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: key.kid }).sign(key.privateKey);

  async function redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const said = new URLSearchParams(await readBody(request));
    const made = codes.get(said.get('code') ?? '');
    codes.delete(said.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(said.get('code_verifier') ?? '')
      .digest('base64url');
    if (made === undefined || made.challenge !== challenge) return send(response, 400, { error: 'invalid_grant' });
    send(response, 200, { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: made.token });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', url);
    if (pathname.endsWith('/.well-known/openid-configuration'))
      return send(response, 200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'none'],
      });
    if (pathname.endsWith('/keys'))
      return send(response, 200, {
        keys: await Promise.all(
          keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' })),
        ),
      });
    if (pathname.endsWith('/token')) return redeem(request, response);
    send(response, 404, {});
  }

  return {
    url,
    sign,
    newKey,
    unsigned: (claims: Claims): string => new UnsecuredJWT(claims as JWTPayload).encode(),
    /** From now on it signs with another key, and publishes that one alone. */
    async rotate(): Promise<void> {
      keys = [await newKey(`key-${Date.now()}`)];
    },
    /** The code by which a client gets this ID token, for whom was sent here with this challenge. */
    promise(token: string, challenge: string): string {
      const code = `code-${codes.size}-${Math.random()}`;
      codes.set(code, { token, challenge });
      return code;
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}
export type Provider = Awaited<ReturnType<typeof openProvider>>;
