// Writes the corpus of ../small.yaml to the folder $OUTPUT, in BEIR's layout: animals and what they do, where and when.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ANIMALS = ['cat', 'dog', 'fox', 'owl', 'bee', 'elk', 'hen', 'ant', 'cow', 'eel'];
const DEEDS = ['eats', 'sleeps', 'runs', 'hides', 'sings', 'waits'];
const PLACES = ['in the garden', 'by the river', 'under a tree', 'near the house'];
const TIMES = ['at night', 'in the morning', 'all day'];

const documents = ANIMALS.flatMap((animal, a) =>
  DEEDS.map((deed, d) => ({
    _id: `${animal}-${deed}`,
    title: '',
    text: `The ${animal} ${deed} ${PLACES[(a + d) % PLACES.length]} ${TIMES[(a * d) % TIMES.length]}.`,
  })),
);
const splitOf = (index) => (index % 6 === 5 ? 'test' : index % 6 === 4 ? 'dev' : 'train');
const lines = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const output = process.env.OUTPUT;
writeFileSync(join(output, 'corpus.jsonl'), lines(documents));
writeFileSync(
  join(output, 'queries.jsonl'),
  lines(documents.map(({ _id }) => ({ _id: `q-${_id}`, text: _id.replace('-', ' ') }))),
);
mkdirSync(join(output, 'qrels'));
for (const split of ['train', 'dev', 'test']) {
  const rows = documents.flatMap(({ _id }, index) =>
    splitOf(index) === split ? `q-${_id}\t${_id}\t1\n` : [],
  );
  writeFileSync(join(output, 'qrels', `${split}.tsv`), `query-id\tcorpus-id\tscore\n${rows.join('')}`);
}
