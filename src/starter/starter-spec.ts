/** Writes a commented spec that fits the data. What it does with them is chosen in choices.ts. */
import type { Choices } from './choices.ts';
import { corpusLines } from './corpus-lines.ts';
import type { LookedAt } from './look.ts';
import { trainingStages } from './training-stages.ts';

export interface Starter {
  readonly name: string;
  readonly looked: LookedAt;
  readonly choices: Choices;
  /** Makes a path relative to the spec. */
  readonly place: (path: string) => string;
}

/** Data in the layout of BEIR, for a spec that is written before there are any. */
export const UNSEEN: LookedAt = {
  source: { format: 'beir', folder: 'data' },
  splits: ['test', 'train', 'validation'],
  questions: 2000,
  unjudged: { split: 'unjudged', questions: 0 },
  documents: 0,
  english: true,
};

export function starterSpec({ name, looked, choices, place }: Starter): string {
  return `# A dense-retrieval experiment. \`pipeline plan\` shows what would run and why, \`pipeline run\` executes it, and
# \`pipeline query ${name}.yaml "a question"\` searches with the trained model. After a change, only the stages that
# depend on it are executed again.
name: ${JSON.stringify(name)}

params:
  seed: 42

engine:
  backend: auto # wasm | tensorflow; auto uses a GPU if there is one

stages:
${corpusStages(looked, choices, place)}
  tokens:
    uses: tokenize
    inputs: { corpus: ${corpusOf(choices)} }
    with: { min_count: 2, max_query_length: 32, max_document_length: 96 }

${trainingStages(choices)}
  # \`lexical\` adds exact words to the vectors, so that one index answers hybrid queries.
  embeddings:
    uses: embed
    inputs: { model: model, tokens: tokens }
    with:
      lexical: { dimensions: 512 }

  index:
    uses: index
    inputs: { embeddings: embeddings }
${evaluations(choices)}`;
}

const corpusOf = ({ synthetic }: Choices): string => (synthetic === undefined ? 'corpus' : 'synthetic');

function corpusStages(looked: LookedAt, choices: Choices, place: Starter['place']): string {
  const lines = corpusLines(looked, choices, place).map((line) => `      ${line}\n`);
  const unseen =
    looked === UNSEEN
      ? '  # Your data, here a folder in BEIR format: corpus.jsonl, queries.jsonl, qrels/{train,validation,test}.tsv. Other\n' +
        '  # formats: msmarco, squad, csv, tsv, jsonl, parquet, sql. `pipeline init --from DATA` writes this stage for your data.\n'
      : '';
  const corpus = `${unseen}  corpus:\n    uses: ingest\n    with:\n${lines.join('')}`;
  if (choices.synthetic === undefined) return corpus;
  const why =
    choices.synthetic === 'alone'
      ? '  # Training queries made from the documents, since there are no others.'
      : '  # There are few training questions: queries made from the documents are trained on first.';
  const holdout =
    choices.synthetic === 'alone'
      ? '      holdout: 0.1 # of the documents: their queries tell when to stop training\n'
      : '';
  return `${corpus}
${why}
  synthetic:
    uses: synthesize
    inputs: { corpus: corpus }
    with:
${holdout}      seed: \${params.seed}
`;
}

function evaluations(choices: Choices): string {
  const parts = `{ corpus: ${corpusOf(choices)}, tokens: tokens, embeddings: embeddings, index: index }`;
  const stage = (name: string, split: string, comment: string): string => `
  # ${comment}
  ${name}:
    uses: evaluate
    inputs: ${parts}
    with: { split: ${split} }
`;
  const validation = choices.evaluated.includes('validation')
    ? stage('validation', 'validation', 'For choosing settings.')
    : '';
  const test = choices.evaluated.includes('test')
    ? stage(
        'report',
        'test',
        'The final result: MRR, nDCG and recall of the model, of BM25 and of both together.',
      )
    : '';
  if (validation + test !== '') return validation + test;
  return `
  # Nothing can be evaluated without questions whose relevant documents are known. With some, add:
  #   report: { uses: evaluate, inputs: ${parts}, with: { split: test } }
`;
}
