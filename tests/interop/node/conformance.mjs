/* Digital Bazaar's libraries as a client of a conformance server: what they sign goes to it, and what it signs
   they verify. Contexts and DID documents come with the question; nothing is fetched. */
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {createSignCryptosuite as ecdsaJcsSign, createVerifyCryptosuite as ecdsaJcsVerify}
  from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import {createSignCryptosuite as eddsaJcsSign, createVerifyCryptosuite as eddsaJcsVerify}
  from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {text} from 'node:stream/consumers';

const SIGN = {
  'eddsa-rdfc-2022': () => eddsaRdfc2022,
  'eddsa-jcs-2022': eddsaJcsSign,
  'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
  'ecdsa-jcs-2019': ecdsaJcsSign
};
const VERIFY = {
  ...SIGN,
  'eddsa-jcs-2022': eddsaJcsVerify,
  'ecdsa-jcs-2019': ecdsaJcsVerify,
  'ecdsa-sd-2023': ecdsaSd2023.createVerifyCryptosuite
};

function loaderOf(documents) {
  return async function documentLoader(url) {
    if(!Object.hasOwn(documents, url)) {
      throw new Error(`the test serves no ${url}`);
    }
    return {contextUrl: null, document: documents[url], documentUrl: url};
  };
}

async function newKey(curve) {
  const made = curve === 'Ed25519' ? await Ed25519Multikey.generate() : await EcdsaMultikey.generate({curve});
  const {publicKeyMultibase} = await made.export({publicKey: true});
  made.controller = `did:key:${publicKeyMultibase}`;
  made.id = `${made.controller}#${publicKeyMultibase}`;
  return made;
}

async function issue({credential, documents, suite, curve}) {
  const key = await newKey(curve);
  const documentLoader = loaderOf(documents);
  const signer = key.signer();
  const signed = {...credential, issuer: key.controller};
  if(suite !== 'ecdsa-sd-2023') {
    const proof = new DataIntegrityProof({signer, cryptosuite: SIGN[suite]()});
    return vc.issue({credential: signed, suite: proof, documentLoader});
  }
  const base = new DataIntegrityProof({
    signer, cryptosuite: ecdsaSd2023.createSignCryptosuite({mandatoryPointers: ['/issuer']})
  });
  const whole = await vc.issue({credential: signed, suite: base, documentLoader});
  const part = new DataIntegrityProof({
    cryptosuite: ecdsaSd2023.createDiscloseCryptosuite({selectivePointers: ['/credentialSubject']})
  });
  return vc.derive({verifiableCredential: whole, suite: part, documentLoader});
}

async function present({credentials, documents, challenge, domain}) {
  const key = await newKey('Ed25519');
  const presentation = vc.createPresentation({
    verifiableCredential: credentials, holder: key.controller, version: 2.0
  });
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite: eddsaRdfc2022});
  return vc.signPresentation({presentation, suite, challenge, domain, documentLoader: loaderOf(documents)});
}

async function verify({credential, documents, suite}) {
  const proof = suite === 'Ed25519Signature2020' ?
    new Ed25519Signature2020() : new DataIntegrityProof({cryptosuite: VERIFY[suite]()});
  const result = await vc.verifyCredential({
    credential, suite: proof, documentLoader: loaderOf(documents), checkStatus: async () => ({verified: true})
  });
  const faults = result.error?.errors ?? [result.error];
  return {
    verified: result.verified,
    faults: result.verified ? [] : faults.map(fault => `${fault?.name}: ${fault?.message}`)
  };
}

const tasks = {issue, present, verify};
const {questions} = JSON.parse(await text(process.stdin));
const answers = [];
for(const {task, ...question} of questions) {
  answers.push(await tasks[task](question));
}
process.stdout.write(JSON.stringify(answers));
