import { Fault } from '@runledger/kernel';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';

/** Asymmetric ones only: with a key that both sides know, whoever can check a token can make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const KEYS = {
  timeoutDuration: 5_000,
  cacheMaxAge: 10 * 60_000,
  /** A key that is not known is looked for again so often at most, whatever attackers send. */
  cooldownDuration: 5_000,
};
const AWAY_MS = 2_000;
/** A discovery document and its keys are bounded, and come from where they were asked for. */
const MOST_BYTES = 256 * 1024;

/** Checks a token that must hold these claims; `sub`, `exp` and `iat` when absent. */
export type VerifyToken = (token: string, requiredClaims?: string[]) => Promise<JWTPayload>;

const away = (cause: unknown) =>
  new Fault('unavailable', 'PEOPLE_ISSUER_AWAY', 'the issuer does not answer at the moment; try again', { cause });
const refused = (cause?: unknown) =>
  new Fault('unauthenticated', 'PEOPLE_BAD_TOKEN', 'the token is not one that can be trusted here', { cause });

/** Where an issuer publishes its keys (OpenID Connect Discovery 1.0, 4). @throws Fault unavailable PEOPLE_ISSUER_AWAY */
async function keysPlaceOf(issuer: string): Promise<URL> {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const answer = await fetch(at, { redirect: 'error', signal: AbortSignal.timeout(KEYS.timeoutDuration) });
    const text = await answer.text();
    if (!answer.ok || text.length > MOST_BYTES) throw new Error(`${at} answered ${answer.status}`);
    const { issuer: named, jwks_uri } = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown };
    if (named !== issuer || typeof jwks_uri !== 'string') throw new Error(`${at} is not about ${issuer}`);
    return new URL(jwks_uri);
  } catch (cause) {
    throw away(cause);
  }
}

/** Whether the token or its issuer is to blame. */
function faultOf(error: unknown): Fault {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return away(error);
  if (error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC') return refused(error);
  return away(error);
}

/**
 * Checks signature, issuer, audience and times of an issuer's tokens with the keys that it publishes. Keys are fetched again when a
 * token names one that is not known yet.
 */
export function createTokenVerifier(
  issuer: string,
  audience: string,
  keysPlace: (issuer: string) => Promise<URL> = keysPlaceOf,
): VerifyToken {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const openKeys = () => {
    keys ??= keysPlace(issuer)
      .then((place) => createRemoteJWKSet(place, KEYS))
      .catch((error: unknown) => {
        // Whoever comes meanwhile is told so without asking again.
        setTimeout(() => {
          keys = undefined;
        }, AWAY_MS).unref();
        throw error;
      });
    return keys;
  };
  return async (token, requiredClaims = ['sub', 'exp', 'iat']) => {
    const known = await openKeys();
    const options = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims,
    };
    return jwtVerify(token, known, options).then(
      ({ payload }) => payload,
      (error: unknown) => {
        throw faultOf(error);
      },
    );
  };
}
