/* Somebody else's wallet: `@openid4vc/openid4vci` asks a real issuer on this machine, step by step, as the
   test's question says; presentations are signed by Digital Bazaar's libraries. Answers are JSON. */
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {Openid4vciClient, setGlobalConfig} from '@openid4vc/openid4vci';
import {clientAuthenticationAnonymous} from '@openid4vc/oauth2';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {createHash, generateKeyPairSync, randomBytes, sign} from 'node:crypto';
import {text} from 'node:stream/consumers';

setGlobalConfig({allowInsecureUrls: true}); // the issuer is on this machine

const pair = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const {kty, crv, x, y} = pair.publicKey.export({format: 'jwk'});
const publicJwk = {kty, crv, x, y};
const encoded = value => Buffer.from(JSON.stringify(value)).toString('base64url');
const did = `did:jwk:${encoded(publicJwk)}`;

const no = () => { throw new Error('not part of this'); };
const callbacks = {
  fetch,
  hash: (data, name) => new Uint8Array(createHash(name.replace('-', '')).update(data).digest()),
  generateRandom: size => new Uint8Array(randomBytes(size)),
  clientAuthentication: clientAuthenticationAnonymous(),
  encryptJwe: no, decryptJwe: no, verifyJwt: no,
  signJwt: (_signer, {header, payload}) => {
    const message = `${encoded(header)}.${encoded(payload)}`;
    const made = sign('sha256', Buffer.from(message), {key: pair.privateKey, dsaEncoding: 'ieee-p1363'});
    return {jwt: `${message}.${made.toString('base64url')}`, signerJwk: publicJwk};
  }
};
const client = new Openid4vciClient({callbacks});

// What went wrong, as the issuer said it.
function said(error) {
  const response = error.errorResponse ?? error.response?.credentialErrorResponseResult?.data ??
    error.response?.notificationErrorResponseResult?.data;
  if(!response?.error) {
    throw error;
  }
  return {error: response.error};
}

async function presentation({issuer, nonce, documents}) {
  const bare = await Ed25519Multikey.generate();
  const controller = `did:key:${bare.publicKeyMultibase}`;
  bare.controller = controller;
  bare.id = `${controller}#${bare.publicKeyMultibase}`;
  const suite = new DataIntegrityProof({signer: bare.signer(), cryptosuite: eddsaRdfc2022});
  const value = vc.createPresentation({holder: controller});
  const signed = await vc.signPresentation({
    presentation: value, suite, challenge: nonce, domain: issuer,
    documentLoader: async url => ({contextUrl: null, document: documents[url], documentUrl: url})
  });
  return {signed, controller};
}

async function jwtProof({issuerMetadata, named, nonce, aud}) {
  const bent = aud === undefined ? issuerMetadata : {
    ...issuerMetadata, credentialIssuer: {...issuerMetadata.credentialIssuer, credential_issuer: aud}
  };
  const {jwt} = await client.createCredentialRequestJwtProof({
    issuerMetadata: bent, credentialConfigurationId: named, nonce,
    signer: {method: 'did', didUrl: `${did}#0`, alg: 'ES256'}
  });
  return jwt;
}

const {link, digits, kind, documents, bend = {}} = JSON.parse(await text(process.stdin));
const credentialOffer = await client.resolveCredentialOffer(link);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
const [named] = credentialOffer.credential_configuration_ids;
const token = async txCode => client.retrievePreAuthorizedCodeAccessTokenFromOffer({
  credentialOffer, issuerMetadata, txCode
});

async function run() {
  const answers = {offer: credentialOffer};
  if(bend.wrongDigits) {
    answers.wrongDigits = await token(bend.wrongDigits).then(() => ({}), said);
  }
  const {accessTokenResponse: {access_token: accessToken}} = await token(digits);
  answers.usedCode = await token(digits).then(() => ({}), said);
  const nonceOf = async () => (await client.requestNonce({issuerMetadata})).c_nonce;
  const nonce = await nonceOf();
  const ask = more => client.retrieveCredentials({
    issuerMetadata, accessToken, credentialConfigurationId: named, ...more
  });
  if(bend.aud) {
    const jwt = await jwtProof({issuerMetadata, named, nonce, aud: bend.aud});
    answers.wrongAudience = await ask({proofs: {jwt: [jwt]}}).then(() => ({}), said);
  }
  let holder = did;
  let proofs;
  if(kind === 'di_vp') {
    const issuer = credentialOffer.credential_issuer;
    const {signed, controller} = await presentation({issuer, nonce, documents});
    holder = controller;
    proofs = {di_vp: [signed]};
  } else {
    proofs = {jwt: [await jwtProof({issuerMetadata, named, nonce})]};
  }
  const {credentialResponse} = await ask({proofs});
  answers.holder = holder;
  answers.credential = credentialResponse.credentials[0].credential;
  answers.replayedNonce = await ask({proofs}).then(() => ({}), said);
  await client.sendNotification({
    issuerMetadata, accessToken,
    notification: {notificationId: credentialResponse.notification_id, event: 'credential_accepted'}
  });
  answers.notified = true;
  return answers;
}
process.stdout.write(JSON.stringify(await run()));
