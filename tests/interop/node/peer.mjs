/* Digital Bazaar's libraries behind one question and one answer, both JSON: what we sign they verify, and
   what they sign we verify. Documents come with the question; nothing is ever fetched. */
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {text} from 'node:stream/consumers';

const SUITES = {'ecdsa-rdfc-2019': ecdsaRdfc2019, 'eddsa-rdfc-2022': eddsaRdfc2022};

function loaderOf(documents) {
  return async function documentLoader(url) {
    if(!Object.hasOwn(documents, url)) {
      throw new Error(`the test serves no ${url}`);
    }
    return {contextUrl: null, document: documents[url], documentUrl: url};
  };
}

async function verify({credentials, documents, now}) {
  const answers = [];
  for(const credential of credentials) {
    // one suite object per document: the library keeps the last document's hash in it
    const suite = Object.values(SUITES).map(cryptosuite => new DataIntegrityProof({cryptosuite}));
    const result = await vc.verifyCredential({
      credential, suite, documentLoader: loaderOf(documents), now: new Date(now),
      // the status list is a question of its own; here only the proof is asked about
      checkStatus: async () => ({verified: true})
    });
    const faults = result.error?.errors ?? [result.error];
    answers.push({
      verified: result.verified,
      faults: result.verified ? [] : faults.map(fault => `${fault?.name}: ${fault?.message}`)
    });
  }
  return answers;
}

async function issue({credential, documents, suite, curve, id, controller, seed, created}) {
  const key = suite === 'eddsa-rdfc-2022' ?
    await Ed25519Multikey.generate({id, controller, seed: new Uint8Array(Buffer.from(seed, 'hex'))}) :
    await EcdsaMultikey.generate({curve, id, controller});
  const proof = new DataIntegrityProof({
    signer: key.signer(), cryptosuite: SUITES[suite], date: created
  });
  const issued = await vc.issue({credential, suite: proof, documentLoader: loaderOf(documents)});
  const {publicKeyMultibase} = await key.export({publicKey: true});
  return {credential: issued, publicKeyMultibase};
}

const tasks = {issue, verify};
const {task, ...question} = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await tasks[task](question)));
