// A real OpenID provider (npm oidc-provider) with a login form of its own, for one client and for whoever types a name. Arguments: port, the client's
// callback, and where it goes after signing out.
import Provider from 'oidc-provider';

const [port, callback, afterLogout] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'runledger',
      client_secret: 'a secret of the test, long enough',
      redirect_uris: [callback],
      post_logout_redirect_uris: [afterLogout],
    },
  ],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'email', 'groups'],
  pkce: { required: () => true },
  cookies: { keys: ['a key of the test'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} of the test`, email: `${id}@example.com`, groups: ['researchers'] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log(`the provider is ready at ${issuer}`));
