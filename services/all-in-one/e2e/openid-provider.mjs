// A real OpenID provider (npm oidc-provider) with a login form of its own, for one client and for whoever types a name. Arguments: port, the client's
// callback, where it goes after signing out, and where the provider tells of sign-outs.
import Provider from 'oidc-provider';

const [port, callback, afterLogout, signedOut] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'runledger',
      client_secret: 'a secret of the test, long enough',
      redirect_uris: [callback],
      post_logout_redirect_uris: [afterLogout],
      backchannel_logout_uri: signedOut,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'email', 'groups'],
  pkce: { required: () => true },
  cookies: { keys: ['a key of the test'] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
  // Its own client refuses loopback, which is where this test is.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} of the test`, email: `${id}@example.com`, groups: ['researchers'] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log(`the provider is ready at ${issuer}`));
