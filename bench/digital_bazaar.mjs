/* Digital Bazaar's libraries as a server of one process: a line of JSON in, a line of JSON out.

   {"task": "open", "documents": {url: document}, "seed": hex, "controller": did}
   {"task": "hold", "name": name, "issue": [text], "verify": [text]}
   {"task": "issue" | "verify", "name": name, "seconds": number, "fewest": number} -> {"undisturbed": seconds}

   Each operation is timed here, from text to text, so that talking to this process costs it nothing. Contexts
   are marked as never changing, which their processor rewards with its cache. */
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {createInterface} from 'node:readline';

const held = new Map();
let documents;
let key;

async function documentLoader(url) {
  if(!Object.hasOwn(documents, url)) {
    throw new Error(`nothing is served at ${url}`);
  }
  const tag = '@context' in documents[url] && !('id' in documents[url]) ? 'static' : undefined;
  return {contextUrl: null, document: documents[url], documentUrl: url, tag};
}

async function open({documents: served, seed, controller}) {
  documents = served;
  key = await Ed25519Multikey.generate({
    id: `${controller}#their-key`, controller, seed: new Uint8Array(Buffer.from(seed, 'hex'))
  });
  return {node: process.version};
}

async function hold({name, issue, verify}) {
  held.set(name, {issue, verify, turn: 0});
  return {};
}

async function issue(draft) {
  // one suite object per document: the library keeps the last document's hash in it
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: '2024-05-31T09:00:00Z'});
  return JSON.stringify(await vc.issue({credential: JSON.parse(draft), suite, documentLoader}));
}

async function verify(signed) {
  const result = await vc.verifyCredential({
    credential: JSON.parse(signed), suite: new DataIntegrityProof({cryptosuite}), documentLoader,
    // the status list is a question of its own; here only the proof is asked about
    checkStatus: async () => ({verified: true})
  });
  if(!result.verified) {
    throw result.error?.errors?.[0] ?? result.error;
  }
}

const operations = {issue, verify};

async function undisturbed({task, name, seconds, fewest}) {
  const times = [];
  const given = held.get(name);
  const end = performance.now() + seconds * 1000;
  while(times.length < fewest || performance.now() < end) {
    const text = given[task][given.turn++ % given[task].length];
    const begun = performance.now();
    await operations[task](text);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  return {undisturbed: times[Math.floor(times.length / 10)] / 1000};
}

const tasks = {open, hold, issue: undisturbed, verify: undisturbed};
for await (const line of createInterface({input: process.stdin})) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = await tasks[asked.task](asked);
  } catch(error) {
    answer = {error: `${error?.name}: ${error?.message}`};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
