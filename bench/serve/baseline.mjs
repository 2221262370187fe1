// What usearch alone takes, with the encoding added: one question after the other, without a server. JSON on stdout:
// milliseconds for encoding and for the search of each question. Bundled and run by bench/serve.mjs.
// PARTS (JSON), ENGINE (JSON) and K in the environment; questions on stdin, one a line.
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
  const started = performance.now();
  const words = tokenize(question);
  const [vector] = model.encode([{ question: model.read(words), words }]);
  const encoded = performance.now();
  graph.search(vector, k);
  return [encoded - started, performance.now() - encoded];
}

for (const question of questions.slice(0, 100)) answer(question);
console.log(JSON.stringify(questions.map(answer)));
process.exit(0);
