// Reads {contexts, documents} as JSON on stdin; writes for each document its canonical N-Quads, or null where
// jsonld.js refuses it in safe mode.
import jsonld from 'jsonld';

const input = JSON.parse(await new Response(process.stdin).text());
const documentLoader = async url => {
  if (!(url in input.contexts)) throw new Error('not carried: ' + url);
  return {contextUrl: null, documentUrl: url, document: input.contexts[url]};
};
const output = [];
for (const document of input.documents) {
  try {
    output.push(await jsonld.canonize(document, {
      algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, base: null, documentLoader,
    }));
  } catch (error) {
    output.push(null);
  }
}
process.stdout.write(JSON.stringify(output));
