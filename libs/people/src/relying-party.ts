import { Fault, isFault } from '@runledger/kernel';
import * as client from 'openid-client';
import { z } from 'zod';
import { readLogoutToken, type SignedOutThere } from './backchannel-logout';
import type { ProviderOfPeople } from './issuers';
import { createTokenVerifier } from './token-verifier';

/** What the browser keeps while it is at the provider, and nobody else needs to know. */
export const signInUnderWay = z.strictObject({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  /** RFC 7636. */
  verifier: z.string(),
  /** Path of this server to come back to. */
  to: z.string(),
});
export type SignInUnderWay = z.output<typeof signInUnderWay>;

/** Whom a provider vouches for. */
export type VouchedFor = Readonly<{
  subject: string;
  name: string | null;
  email: string | null;
  /** By the names that grants give them. */
  groups: readonly string[];
  /** What the provider calls the session there (`sid`); null: it does not say. */
  providerSession: string | null;
}>;

/** Metadata may change with a release of the provider; keys have a rhythm of their own. */
const METADATA_MS = 60 * 60_000;
const TIMEOUT_S = 5;
const AWAY_MS = 2_000;
/** Of somebody in more groups, some would be left out, and one of them could be denied something. */
const MOST_GROUPS = 1_000;

const refused = (cause: unknown) =>
  new Fault('unauthenticated', 'PEOPLE_REFUSED', 'the provider did not vouch for this sign-in', { cause });
const away = (cause: unknown) =>
  new Fault('unavailable', 'PEOPLE_ISSUER_AWAY', 'the provider does not answer at the moment; try again', { cause });

/** A secret goes into the header, unless the provider says that it only reads bodies (OpenID Connect Core 1.0, 9). */
function authenticationOf({ clientSecret }: ProviderOfPeople): client.ClientAuth {
  if (clientSecret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(clientSecret), client.ClientSecretPost(clientSecret)];
  return (server, of, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, of, body, headers);
  };
}

/** Whether the provider could not be asked; everything else is an answer that cannot be trusted. */
const isAway = (error: unknown): boolean =>
  error instanceof TypeError ||
  (error instanceof client.ResponseBodyError && error.status >= 500) ||
  ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM'].includes((error as { code?: string }).code ?? '');

const claimed = z.object({
  name: z.string().min(1).max(500).nullish().catch(null),
  email: z.string().min(1).max(500).nullish().catch(null),
  sid: z.string().min(1).max(500).nullish().catch(null),
});

/** @throws Fault forbidden PEOPLE_TOO_MANY_GROUPS */
function groupsOf(provider: ProviderOfPeople, claims: Readonly<Record<string, unknown>>): string[] {
  const said = [claims[provider.groupsClaim] ?? []].flat().filter((one): one is string => typeof one === 'string');
  if (said.length > MOST_GROUPS)
    throw new Fault('forbidden', 'PEOPLE_TOO_MANY_GROUPS', `nobody is in more than ${MOST_GROUPS} groups here`);
  const names = said.map((one) => (Object.hasOwn(provider.groups, one) ? provider.groups[one] : one) ?? one);
  return [...new Set(names)].filter((one) => /^[A-Za-z0-9_.-]{1,90}$/.test(one)).map((one) => `${provider.id}:${one}`);
}

/** One OpenID provider, as this server stands to it: authorization code with PKCE, and an address of its own to come back to. */
export function createRelyingParty(provider: ProviderOfPeople, callback: string) {
  let known: { at: number; configuration: Promise<client.Configuration> } | undefined;

  function configuration(): Promise<client.Configuration> {
    if (known !== undefined && Date.now() - known.at < METADATA_MS) return known.configuration;
    const url = new URL(provider.url);
    const found = client
      .discovery(url, provider.clientId, {}, authenticationOf(provider), {
        timeout: TIMEOUT_S,
        ...(url.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
      })
      .catch((error: unknown) => {
        // Whoever comes meanwhile is told so without asking again.
        setTimeout(() => {
          known = undefined;
        }, AWAY_MS).unref();
        throw away(error);
      });
    known = { at: Date.now(), configuration: found };
    return found;
  }

  const verify = createTokenVerifier(provider.url, provider.clientId, async () => {
    const place = (await configuration()).serverMetadata().jwks_uri;
    if (place === undefined) throw away(new Error('the provider names no keys'));
    return new URL(place);
  });

  /** What the user info says is taken where its subject is that of the token (OpenID Connect Core 1.0, 5.3.2). */
  async function claimsOf(config: client.Configuration, idToken: string, accessToken: string) {
    const token = await verify(idToken);
    if (config.serverMetadata().userinfo_endpoint === undefined) return token;
    return { ...token, ...(await client.fetchUserInfo(config, accessToken, token.sub as string)) };
  }

  async function redeem(under: SignInUnderWay, answer: URL): Promise<VouchedFor> {
    const config = await configuration();
    const { id_token, access_token } = await client.authorizationCodeGrant(config, answer, {
      pkceCodeVerifier: under.verifier,
      expectedState: under.state,
      expectedNonce: under.nonce,
      idTokenExpected: true,
    });
    if (id_token === undefined) throw refused(new Error('there is no ID token'));
    const claims = await claimsOf(config, id_token, access_token);
    const { name = null, email = null, sid: providerSession = null } = claimed.parse(claims);
    return { subject: claims.sub as string, name, email, groups: groupsOf(provider, claims), providerSession };
  }

  return {
    provider,

    /** Where to send the browser, and what it is to keep. @throws Fault unavailable PEOPLE_ISSUER_AWAY */
    async begin(to: string): Promise<Readonly<{ url: URL; under: SignInUnderWay }>> {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const under = { issuer: provider.id, state: client.randomState(), nonce: client.randomNonce(), verifier, to };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: callback,
        scope: provider.scope,
        state: under.state,
        nonce: under.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url, under };
    },

    /**
     * Whom the provider vouches for. `answer` is the address to which it sent the browser back.
     * @throws Fault unauthenticated PEOPLE_REFUSED, PEOPLE_BAD_TOKEN; forbidden PEOPLE_TOO_MANY_GROUPS; unavailable PEOPLE_ISSUER_AWAY
     */
    async finish(under: SignInUnderWay, answer: URL): Promise<VouchedFor> {
      return redeem(under, answer).catch((error: unknown) => {
        if (isFault(error)) throw error;
        throw isAway(error) ? away(error) : refused(error);
      });
    },

    /**
     * Whom the provider has signed out there.
     * @throws Fault invalid PEOPLE_BAD_LOGOUT_TOKEN, unauthenticated PEOPLE_BAD_TOKEN, unavailable PEOPLE_ISSUER_AWAY
     */
    signedOut: async (token: string): Promise<SignedOutThere> =>
      readLogoutToken(await verify(token, ['exp', 'iat', 'jti', 'events'])),

    /** Where the browser signs out at the provider too (RP-Initiated Logout 1.0); null: it has no such place, or cannot be asked. */
    async end(back: string): Promise<URL | null> {
      const config = await configuration().catch(() => null);
      if (config?.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: back });
    },
  };
}
export type RelyingParty = ReturnType<typeof createRelyingParty>;
