// What usearch alone does, with the encoding added: one question after the other, without a server. Prints questions a
// second. Bundled and run by bench/serve/searching.mjs.
// PARTS (JSON), ENGINE (JSON), K and SECONDS in the environment; questions on stdin, one a line.
import { readFileSync } from 'node:fs';
import { openGraph } from '../../src/retrieval/ann.ts';
import { readIndexConfig } from '../../src/formats/index-config.ts';
import { openVectorAnswers } from '../../src/query/vector-answers.ts';
import { createTokenizer } from '../../src/retrieval/tokenizer.ts';
import { readTokenizerConfig } from '../../src/formats/tokens.ts';

const vectors = JSON.parse(process.env.PARTS);
const questions = readFileSync(0, 'utf8').trimEnd().split('\n');
const model = await openVectorAnswers(vectors, {
  engine: JSON.parse(process.env.ENGINE),
  threads: 1,
  alwaysIndex: true,
});
const { tokenize } = createTokenizer(readTokenizerConfig(vectors.model.path));
const graph = await openGraph(vectors.index.path, readIndexConfig(vectors.index.path));
const k = Number(process.env.K);

function answer(question) {
  const words = tokenize(question);
  const [vector] = model.encode([{ question: model.read(words), words }]);
  graph.search(vector, k);
}

/** Questions a second, for about so long. */
function rate(seconds) {
  const started = performance.now();
  let asked = 0;
  while (performance.now() - started < 1000 * seconds) answer(questions[asked++ % questions.length]);
  return (1000 * asked) / (performance.now() - started);
}

rate(1);
console.log(rate(Number(process.env.SECONDS)));
process.exit(0);
