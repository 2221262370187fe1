import { availableParallelism, cpus } from 'node:os';
import { fixedBatches, medquadBatches, tokensOf } from './data.mjs';
import { loadSources } from './load.mjs';

export const GRU = { cell: 'gru', input: 128, hidden: 128, layers: 1, bidirectional: false, pooling: 'last' };
export const LSTM = {
  cell: 'lstm',
  input: 256,
  hidden: 256,
  layers: 1,
  bidirectional: true,
  pooling: 'last',
};

export function loadAll() {
  return loadSources(
    'engine/kernels/kernels.ts',
    'engine/kernels/recurrent/shape.ts',
    'formats/ragged.ts',
    'base/random.ts',
    'retrieval/tokenizer.ts',
  );
}

export function fixed(sources, batches, rows) {
  return fixedBatches(sources.random, batches, rows, 12, 64);
}

/** Prints that MedQuAD is missing, or statistics of its texts. */
export function medquad(sources, batches, rows) {
  const result = medquadBatches(sources, batches, rows);
  if (!result) {
    console.log('\nMedQuAD is skipped: set MEDQUAD_DIR to its folder.');
    return undefined;
  }
  const documents = result.flatMap((batch) => batch.documents);
  const distinct = result.map(({ documents: texts }) => new Set(texts.flat()).size / tokensOf(texts));
  const mean = tokensOf(documents) / documents.length;
  console.log(
    `\nMedQuAD (train.jsonl.gz): documents of ${mean.toFixed(0)} tokens on average, ` +
      `${Math.max(...documents.map((text) => text.length))} at most; of a batch's tokens ` +
      `${(100 * Math.max(...distinct)).toFixed(0)} % at most are distinct words`,
  );
  return result;
}

export function printMachine() {
  console.log(`${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}`);
}
