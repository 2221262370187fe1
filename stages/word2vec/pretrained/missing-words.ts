/**
 * Vectors for words that a file of pretrained vectors lacks, estimated from two things that it does have: the words
 * around them in the texts ("à la carte" embeddings, Khodak et al. 2018), and words with the same character n-grams
 * (Bojanowski et al. 2017). A linear map from both to a word's vector is fitted to the rarest words that the file has.
 */
import { row, rowCount, type Ragged } from '../../../src/formats/ragged.ts';
import { SPECIAL_TOKENS, type Tokens } from '../../../src/formats/tokens.ts';
import type { WordVectors } from '../../../src/formats/vectors.ts';
import { ngramsOf } from '../../../src/engine/model/subwords.ts';
import { fitRidge, type Ridge } from './ridge.ts';

/** Words on each side. */
const WINDOW = 5;
const NGRAMS = { min_n: 3, max_n: 6, buckets: 0 };
/** Known words that the map is fitted to: the rarest ones, as missing words are rare too. */
const FITTED = 4000;
const FEWEST_FITTED = 50;
const PENALTY = 0.01;
/** Every fifth of them measures the estimate before it is fitted to all. */
const HELD_OUT = 5;
/** Mean cosine with the file's own vectors below which random vectors are no worse. */
const LOWEST_COSINE = 0.1;

export interface Estimated {
  /** Ids whose rows were filled. */
  readonly ids: readonly number[];
  /** Mean cosine of the estimate with the file's own vector, over known words that were held out. */
  readonly cosine: number;
}

/** Fills the rows of missing words, at the mean length of the rare known ones. No ids where it cannot be done well. */
export function estimateMissing(vectors: WordVectors, tokens: Tokens): Estimated {
  const { known, rows, dimensions } = vectors;
  const all = Array.from({ length: rows - SPECIAL_TOKENS.length }, (_, i) => i + SPECIAL_TOKENS.length);
  const missing = all.filter((id) => !known[id]);
  const fitted = all.filter((id) => known[id]).slice(-FITTED);
  if (missing.length === 0 || fitted.length < FEWEST_FITTED) return { ids: [], cosine: 0 };
  const features = featuresOf([...fitted, ...missing], vectors, tokens);
  const cosine = heldOutCosine(fitted, features, vectors);
  if (cosine < LOWEST_COSINE) return { ids: [], cosine };
  const map = fit(fitted, features, vectors);
  const length = meanLength(fitted, vectors);
  const ids: number[] = [];
  const estimate = new Float64Array(dimensions);
  for (const id of missing) {
    map.predict(features.get(id)!, estimate);
    const norm = lengthOf(estimate);
    if (norm === 0) continue;
    for (let i = 0; i < dimensions; i++) vectors.data[id * dimensions + i] = (estimate[i]! * length) / norm;
    ids.push(id);
  }
  return { ids, cosine };
}

type Features = ReadonlyMap<number, Float64Array>;

const inputsOf = ({ dimensions }: WordVectors): number => 2 * dimensions + 1;

function fit(ids: readonly number[], features: Features, vectors: WordVectors): Ridge {
  const { dimensions, data } = vectors;
  const inputs = inputsOf(vectors);
  const x = new Float64Array(ids.length * inputs);
  const y = new Float64Array(ids.length * dimensions);
  for (const [index, id] of ids.entries()) {
    x.set(features.get(id)!, index * inputs);
    y.set(data.subarray(id * dimensions, (id + 1) * dimensions), index * dimensions);
  }
  return fitRidge(x, y, { inputs, outputs: dimensions, penalty: PENALTY });
}

function heldOutCosine(fitted: readonly number[], features: Features, vectors: WordVectors): number {
  const { dimensions, data } = vectors;
  const map = fit(
    fitted.filter((_, index) => index % HELD_OUT !== 0),
    features,
    vectors,
  );
  const held = fitted.filter((_, index) => index % HELD_OUT === 0);
  const estimate = new Float64Array(dimensions);
  let sum = 0;
  for (const id of held) {
    map.predict(features.get(id)!, estimate);
    const own = Float64Array.from(data.subarray(id * dimensions, (id + 1) * dimensions));
    let product = 0;
    for (let i = 0; i < dimensions; i++) product += estimate[i]! * own[i]!;
    sum += product / (lengthOf(estimate) * lengthOf(own) || 1);
  }
  return sum / held.length;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function meanLength(ids: readonly number[], { data, dimensions }: WordVectors): number {
  const lengths = ids.map((id) =>
    lengthOf(Float64Array.from(data.subarray(id * dimensions, (id + 1) * dimensions))),
  );
  return lengths.reduce((sum, length) => sum + length, 0) / ids.length;
}

/** For each id: the mean vector of the words around it, that of words with its n-grams, and 1. */
function featuresOf(ids: readonly number[], vectors: WordVectors, tokens: Tokens): Features {
  const { dimensions } = vectors;
  const features = new Map(ids.map((id) => [id, new Float64Array(inputsOf(vectors))]));
  addContexts(features, vectors, tokens.documents);
  addNgrams(features, vectors, tokens.vocabulary.tokens);
  for (const feature of features.values()) feature[2 * dimensions] = 1;
  return features;
}

/** The mean over all known words in the windows around a word, in its first `dimensions` features. */
function addContexts(features: Features, vectors: WordVectors, documents: Ragged): void {
  const { dimensions, known, rows } = vectors;
  const counts = new Map<number, number>();
  for (let document = 0; document < rowCount(documents); document++) {
    const ids = row(documents, document);
    for (const [at, id] of ids.entries()) {
      const feature = features.get(id);
      if (!feature) continue;
      const end = Math.min(ids.length, at + WINDOW + 1);
      for (let other = Math.max(0, at - WINDOW); other < end; other++) {
        const word = ids[other]!;
        if (other === at || word >= rows || !known[word]) continue;
        addRow(feature, 0, vectors, word, 1);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
  }
  for (const [id, count] of counts) {
    const feature = features.get(id)!;
    for (let i = 0; i < dimensions; i++) feature[i]! /= count;
  }
}

/**
 * The mean of an n-gram is that of the known words that contain it, the word itself excepted. A word gets the mean of
 * its n-grams', each weighted by 1 / (words that contain it), so that rare and therefore long ones count most.
 */
function addNgrams(features: Features, vectors: WordVectors, words: readonly string[]): void {
  const { dimensions, known, rows } = vectors;
  const holders = new Map<string, number[]>();
  const ngrams = new Map([...features.keys()].map((id) => [id, [...new Set(ngramsOf(words[id]!, NGRAMS))]]));
  for (const list of ngrams.values()) for (const ngram of list) holders.set(ngram, []);
  for (let id = SPECIAL_TOKENS.length; id < rows; id++)
    if (known[id]) for (const ngram of new Set(ngramsOf(words[id]!, NGRAMS))) holders.get(ngram)?.push(id);
  const sums = new Map<string, Float64Array>();
  const sumOf = (ngram: string): Float64Array => {
    let sum = sums.get(ngram);
    if (!sum) {
      sums.set(ngram, (sum = new Float64Array(dimensions)));
      for (const id of holders.get(ngram)!) addRow(sum, 0, vectors, id, 1);
    }
    return sum;
  };
  for (const [id, feature] of features) {
    let weights = 0;
    for (const ngram of ngrams.get(id)!) {
      const count = holders.get(ngram)!.length - known[id]!;
      if (count <= 0) continue;
      const weight = 1 / count;
      weights += weight;
      const sum = sumOf(ngram);
      for (let i = 0; i < dimensions; i++) feature[dimensions + i]! += (weight * sum[i]!) / count;
      if (known[id]) addRow(feature, dimensions, vectors, id, -weight / count);
    }
    if (weights > 0) for (let i = dimensions; i < 2 * dimensions; i++) feature[i]! /= weights;
  }
}

function addRow(
  target: Float64Array,
  at: number,
  { data, dimensions }: WordVectors,
  id: number,
  factor: number,
): void {
  for (let i = 0; i < dimensions; i++) target[at + i]! += factor * data[id * dimensions + i]!;
}
