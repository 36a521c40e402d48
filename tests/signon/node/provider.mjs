// A real OpenID Provider (npm's oidc-provider), for tests alone: node provider.mjs PORT REDIRECT_URI
// Whoever signs in as NAME is NAME, has the e-mail NAME@riverbend.example, and it is verified unless NAME
// begins with "unverified". It prints one line when it listens.
import Provider from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const client = (id, more) => ({
  client_id: id,
  redirect_uris: [redirectUri],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: 'RS256',
  ...more,
});

const provider = new Provider(issuer, {
  clients: [
    client('with-secret', {client_secret: 'a secret/with: signs+', token_endpoint_auth_method: 'client_secret_basic'}),
    client('public', {token_endpoint_auth_method: 'none'}),
    client('other', {token_endpoint_auth_method: 'none'}),
  ],
  claims: {openid: ['sub'], email: ['email', 'email_verified']},
  // As the districts' providers do: the e-mail is in the ID token.
  conformIdTokenClaims: false,
  pkce: {required: () => true},
  cookies: {keys: ['for tests alone']},
  features: {devInteractions: {enabled: true}},
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({sub: id, email: `${id.replace('unverified-', '')}@riverbend.example`,
      email_verified: !id.startsWith('unverified')}),
  }),
});

provider.listen(Number(port), 'localhost', () => console.log('listening'));
