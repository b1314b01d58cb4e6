import { type CookieJar, openPeopleScene, type PeopleScene, providerOf } from './people-scene';
import { openProvider, type Provider } from './programmable-provider';

export type TwoProviders = Readonly<{
  provider: Provider;
  other: Provider;
  scene: PeopleScene;
  close(): Promise<void>;
}>;

/** A server that lets people in by two providers: `corp`, which is `provider`, and `partner`, which is `other`. */
export async function openTwoProviders(): Promise<TwoProviders> {
  const [provider, other] = [await openProvider(), await openProvider('other')];
  const scene = await openPeopleScene([providerOf('corp', provider.url), providerOf('partner', other.url)]);
  return {
    provider,
    other,
    scene,
    async close() {
      await scene.close();
      await provider.close();
      await other.close();
    },
  };
}

/** Goes to where the server sends somebody who wants to sign in; answers what it asks the provider with. */
export async function beginSignIn({ server }: PeopleScene, jar: CookieJar, issuer = 'corp', to?: string) {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  const answer = await jar.ask(`${server.url}/auth/login/${issuer}${query}`);
  const asked = new URL(answer.headers.get('location') ?? '').searchParams;
  const of = (name: string): string => asked.get(name) ?? '';
  const [state, nonce, challenge, method] = [
    of('state'),
    of('nonce'),
    of('code_challenge'),
    of('code_challenge_method'),
  ];
  return { status: answer.status, state, nonce, challenge, method };
}
