import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

/**
 * Everything that learns, and two rounds of it: the second one's negatives are the first model's neighbours. What is
 * learnt may depend on documents, training queries and (the model's best epoch) validation queries, and on nothing
 * of the test split.
 */
const SPEC = `
name: honesty
stages:
  corpus:     { uses: ingest, with: { format: beir, folder: data } }
  tokens:     { uses: tokenize, inputs: { corpus: corpus } }
  vectors:    { uses: word2vec, inputs: { tokens: tokens }, with: { source: train, dimensions: 8, epochs: 1 } }
  triplets:
    uses: mine
    inputs: { tokens: tokens }
    with: { negatives: [{ from: bm25, range_max: 10 }, { from: random }], num_negatives: 2, scorer: bm25 }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets, vectors: vectors }
    with: { encoder: { hidden: 8 }, epochs: 1 }
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  index:      { uses: index, inputs: { embeddings: embeddings } }
  harder:
    uses: mine
    inputs: { tokens: tokens, embeddings: embeddings, index: index }
    with: { negatives: [{ from: model, range_max: 10 }], scorer: model }
  better:
    uses: train
    inputs: { tokens: tokens, triplets: harder, vectors: vectors }
    with: { encoder: { hidden: 8 }, epochs: 1 }
  report:
    uses: evaluate
    inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings, index: index, vectors: vectors }
`;

const ANIMALS = ['cat', 'dog', 'fox', 'owl', 'bee', 'elk', 'hen', 'ant', 'cow', 'eel'];
const DEEDS = ['eats', 'sleeps', 'runs', 'hides'];

interface Question {
  readonly split: string;
  readonly text: string;
  readonly answer: number;
}

const DOCUMENTS = ANIMALS.flatMap((animal) => DEEDS.map((deed) => `the ${animal} ${deed} at night`));
const LEARNT: readonly Question[] = DOCUMENTS.map((text, answer) => ({
  split: answer % 5 === 0 ? 'validation' : 'train',
  text: text.split(' ').slice(1, 3).join(' '),
  answer,
}));
const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A corpus in BEIR's layout whose test split holds these questions. */
function writeCorpus(rig: Rig, test: readonly Omit<Question, 'split'>[]): void {
  const questions = [...LEARNT, ...test.map((question) => ({ ...question, split: 'test' }))];
  const qrels = (split: string): string =>
    questions
      .map((question, id) => (question.split === split ? `q${id}\td${question.answer}\t1\n` : ''))
      .join('');
  const header = 'query-id\tcorpus-id\tscore\n';
  rig.write({
    'honesty.yaml': SPEC,
    'data/corpus.jsonl': jsonLines(DOCUMENTS.map((text, id) => ({ _id: `d${id}`, title: '', text }))),
    'data/queries.jsonl': jsonLines(questions.map(({ text }, id) => ({ _id: `q${id}`, text }))),
    'data/qrels/train.tsv': header + qrels('train'),
    'data/qrels/dev.tsv': header + qrels('validation'),
    'data/qrels/test.tsv': header + qrels('test'),
  });
}

async function runDigests(rig: Rig): Promise<Record<string, string | null>> {
  const { code, stderr } = await rig.pipeline('run', 'honesty.yaml', '--jobs', '2');
  expect(code, stderr).toBe(0);
  return rig.digests('honesty.yaml');
}

describe('the test split', () => {
  it('changes no vector, triplet or weight, for any queries and judgements', async () => {
    const rig = makeRig();
    writeCorpus(rig, [
      { text: 'who sleeps', answer: 1 },
      { text: 'night fox', answer: 9 },
    ]);
    const before = await runDigests(rig);
    writeCorpus(rig, [
      { text: 'words never seen elsewhere', answer: 30 },
      { text: 'cat cat cat', answer: 2 },
      { text: 'one more question', answer: 3 },
    ]);
    const after = await runDigests(rig);
    const changed = Object.keys(before).filter((stage) => before[stage] !== after[stage]);
    // These hold the test queries themselves, as rows, ids or vectors; the index holds documents alone.
    expect(changed).toEqual(['corpus', 'tokens', 'embeddings', 'report']);
  });

  it('and the comparison detects a changed training query', async () => {
    const rig = makeRig();
    const test = [{ text: 'who sleeps', answer: 1 }];
    writeCorpus(rig, test);
    const before = await runDigests(rig);
    const queries = rig.read('data/queries.jsonl');
    rig.write({ 'data/queries.jsonl': queries.replace('cat sleeps', 'dog dog dog') });
    const after = await runDigests(rig);
    const same = Object.keys(before).filter((stage) => before[stage] === after[stage]);
    expect(same).toEqual([]);
  });
});
