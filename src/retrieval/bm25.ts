/**
 * BM25 as Lucene computes it since version 8 (Robertson and Zaragoza 2009, "The Probabilistic Relevance
 * Framework"; org.apache.lucene.search.similarities.BM25Similarity):
 *
 *   score(q, d) = Σ over q's tokens t of idf(t) · tf / (tf + k1 · (1 − b + b · |d| / average |d|))
 *   idf(t) = ln(1 + (N − df + 0.5) / (df + 0.5))
 *
 * A token that occurs twice in the query counts twice. As in Lucene, the constant factor k1 + 1 of the original
 * formula is left out; it does not change the ranking. The only difference from Lucene is that it stores |d| in one
 * byte (exact up to 40 tokens, then 4 significant bits), while |d| is exact here, so scores of long documents differ
 * slightly (Kamphuis et al. 2020, "Which BM25 Do You Mean?", found no effect on quality).
 * Padding and unknown tokens count towards |d| but match nothing.
 */
import { log } from '../base/math.ts';
import { FEWEST_FOR_KERNELS, MOST_RESULTS } from '../engine/kernels/search/found.ts';
import { createPostingScan, type PostingScan } from '../engine/kernels/search/posting-scan.ts';
import type { SearchKernels } from '../engine/kernels/search/search-kernels.ts';
import type { Ragged } from '../formats/ragged.ts';
import { SPECIAL_TOKENS } from '../formats/tokens.ts';
import type { Bm25Parameters } from '../formats/word-scoring.ts';
import { invert, OWN_ARRAYS, type Arrays, type InvertedIndex } from './inverted-index.ts';
import { createTopK, rank, type Ranking, type TopK } from './ranking.ts';

export interface Bm25 {
  /** The best k documents that contain a token of the query; fewer if fewer do. */
  search(query: Uint32Array, k: number): Ranking;
  /** The same for many queries, in their order, on all threads where the caller has opened the search kernels. */
  searchAll(queries: readonly Uint32Array[], k: number): Generator<Ranking, void>;
  /** Scores of the given documents, in their order; 0 without a common token. Equal to the scores of `search`. */
  scores(query: Uint32Array, documents: Uint32Array): Float64Array;
  /** All the given documents, ranked by these scores. */
  rankCandidates(query: Uint32Array, candidates: Uint32Array): Ranking;
}

/** What a search needs of the inverted index. */
interface Postings extends Pick<InvertedIndex, 'offsets' | 'documents'> {
  /** The contribution of each posting to its document's score. [postings] */
  readonly weights: Float64Array;
  /** Number of documents of the corpus. */
  readonly count: number;
}

/** Builds the index. `tokens` is the vocabulary size: every id in `documents` is below it. */
export const createBm25 = (
  documents: Ragged,
  tokens: number,
  parameters: Bm25Parameters,
  kernels?: SearchKernels,
): Bm25 => bm25Family(documents, tokens, kernels)(parameters);

/** BM25 with any parameters over one index. */
export function bm25Family(
  documents: Ragged,
  tokens: number,
  kernels?: SearchKernels,
): (parameters: Bm25Parameters) => Bm25 {
  const shared = documents.values.length <= MOST_SHARED_POSTINGS ? kernels : undefined;
  const arrays = shared ? arraysOf(shared) : OWN_ARRAYS;
  const index = invert(documents, tokens, arrays);
  return (parameters) => searcherOf(weighPostings(index, parameters, arrays), shared);
}

function searcherOf(postings: Postings, kernels: SearchKernels | undefined): Bm25 {
  const scan = kernels && createPostingScan(kernels, postings);
  const scores = new Float64Array(postings.count);
  let collector: { k: number; top: TopK } = { k: 0, top: createTopK(0) };
  const scoresOf: Bm25['scores'] = (query, wanted) => scoresIn(postings, query, wanted);
  const search: Bm25['search'] = (query, k) => {
    const limit = Math.min(k, scores.length);
    if (collector.k !== limit) collector = { k: limit, top: createTopK(limit) };
    accumulate(postings, query, scores);
    return collect(scores, collector.top);
  };
  return {
    search,
    *searchAll(queries, k) {
      const limit = Math.min(k, postings.count);
      const isMany = queries.length >= FEWEST_FOR_KERNELS;
      if (scan && isMany && limit > 0 && limit <= MOST_RESULTS)
        yield* scanAll(scan, postings, queries, limit);
      else for (const query of queries) yield search(query, k);
    },
    scores: scoresOf,
    rankCandidates: (query, candidates) => rank(candidates, scoresOf(query, candidates)),
  };
}

/** An index of more is not shared with threads, whose memory is 4 GiB: three scorings take 28 bytes a posting of it, 1.1 GB. */
const MOST_SHARED_POSTINGS = 4e7;

function arraysOf({ heap }: SearchKernels): Arrays {
  return {
    u32: (length) => heap.u32(heap.allocate(4 * length), length).fill(0),
    f64: (length) => heap.f64(heap.allocate(8 * length), length).fill(0),
  };
}

function* scanAll(
  scan: PostingScan,
  { offsets }: Postings,
  queries: readonly Uint32Array[],
  k: number,
): Generator<Ranking, void> {
  const atOnce = scan.atOnce(k);
  for (let start = 0; start < queries.length; start += atOnce) {
    const some = queries.slice(start, start + atOnce);
    yield* scan.search(
      some.map((query) => query.filter((token) => isSearchable(token, offsets))),
      k,
    );
  }
}

/** Computes the weights: a search needs no frequencies or lengths. */
function weighPostings(index: InvertedIndex, parameters: Bm25Parameters, arrays: Arrays): Postings {
  const { k1, b } = parameters;
  const { offsets, documents, frequencies, lengths, averageLength } = index;
  const saturation = Float64Array.from(lengths, (length) => k1 * (1 - b + (b * length) / averageLength));
  const weights = arrays.f64(documents.length);
  for (let token = SPECIAL_TOKENS.length; token + 1 < offsets.length; token++) {
    const start = offsets[token]!;
    const end = offsets[token + 1]!;
    const idf = wordWeight(inverseDocumentFrequency(lengths.length, end - start), parameters);
    for (let i = start; i < end; i++) {
      const tf = frequencies[i]!;
      weights[i] = (idf * tf) / (tf + saturation[documents[i]!]!);
    }
  }
  return { offsets, documents, weights, count: lengths.length };
}

/** The weight of a word in a score. */
export const wordWeight = (idf: number, { idf_power: power }: Pick<Bm25Parameters, 'idf_power'>): number =>
  power === 2 ? idf * idf : idf;

export function inverseDocumentFrequency(documents: number, documentFrequency: number): number {
  return log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/** The inverse document frequency of every token below `tokens` in these documents. */
export function inverseDocumentFrequencies(documents: Ragged, tokens: number): Float64Array {
  const { offsets, lengths } = invert(documents, tokens);
  return Float64Array.from({ length: tokens }, (_, token) =>
    inverseDocumentFrequency(lengths.length, offsets[token + 1]! - offsets[token]!),
  );
}

function accumulate(
  { offsets, documents, weights }: Postings,
  query: Uint32Array,
  scores: Float64Array,
): void {
  for (const token of query) {
    if (!isSearchable(token, offsets)) continue;
    const end = offsets[token + 1]!;
    for (let i = offsets[token]!; i < end; i++) scores[documents[i]!]! += weights[i]!;
  }
}

/** Collects the best documents from `scores` and resets it to zero. */
function collect(scores: Float64Array, top: TopK): Ranking {
  let threshold = 0;
  for (let document = 0; document < scores.length; document++) {
    const score = scores[document]!;
    // Documents come in ascending order of id, so an equal score never displaces an earlier document.
    if (score > threshold) {
      top.offer(document, score);
      threshold = Math.max(0, top.threshold());
    }
  }
  scores.fill(0);
  return top.take();
}

/** Each document's score is summed in the same order as in `accumulate`, so that the bits are equal. */
function scoresIn(
  { offsets, documents, weights }: Postings,
  query: Uint32Array,
  wanted: Uint32Array,
): Float64Array {
  const scores = new Float64Array(wanted.length);
  for (const token of query) {
    if (!isSearchable(token, offsets)) continue;
    const end = offsets[token + 1]!;
    let at = offsets[token]!;
    for (let i = 0; i < wanted.length; i++) {
      const document = wanted[i]!;
      // Documents mostly come in ascending order, so that the next posting is near.
      if (i > 0 && document < wanted[i - 1]!) at = offsets[token]!;
      at = firstPosting(documents, at, end, document);
      if (at < end && documents[at] === document) scores[i]! += weights[at]!;
    }
  }
  return scores;
}

/** The first place from `from` on, before `end`, of a document that is not below; by steps of twice the length, then halves. */
function firstPosting(documents: Uint32Array, from: number, end: number, document: number): number {
  let low = from;
  let step = 1;
  while (low + step < end && documents[low + step]! < document) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, end);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (documents[middle]! < document) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isSearchable = (token: number, offsets: Uint32Array): boolean =>
  token >= SPECIAL_TOKENS.length && token + 1 < offsets.length;
