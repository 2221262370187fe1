// BM25 of many queries over one inverted index (src/retrieval/bm25.ts): adds up the weights of the postings of each of a
// query's tokens, in their order, for some thousand documents at a time, so that the sums stay in the nearer caches.
import { BM25_BLOCK } from './abi.generated';
import { select, sort } from './top-k';

/**
 * The k documents of the highest score above 0 for each of `count` queries, sorted.
 *   tokens    u32, those of all queries; query i has the tokens starts[i] … starts[i + 1)
 *   offsets   u32: postings of token t are offsets[t] … offsets[t + 1)
 *   postings  u32: the documents, ascending within a token; weights: f64, what each adds
 *   scores    f64 [count, capacity], found: u32 [count, capacity], counts: u32 [count]: the results, k or fewer of the
 *             capacity for each query
 *   sums      scratch: f64 [BM25_BLOCK], then 4 bytes for each token of the longest query
 */
export function search(
  tokens: usize, starts: usize, count: u32, offsets: usize, postings: usize, weights: usize, documents: u32, k: u32,
  capacity: u32, scores: usize, found: usize, counts: usize, sums: usize,
): void {
  const cursors = sums + (<usize>BM25_BLOCK << 3);
  memory.fill(sums, 0, <usize>BM25_BLOCK << 3);
  for (let query: u32 = 0; query < count; query++) {
    const from = load<u32>(starts + (<usize>query << 2));
    const length = load<u32>(starts + (<usize>query << 2), 4) - from;
    const words = tokens + (<usize>from << 2);
    for (let i: u32 = 0; i < length; i++)
      store<u32>(cursors + (<usize>i << 2), load<u32>(offsets + (<usize>load<u32>(words + (<usize>i << 2)) << 2)));
    let threshold: f64 = 0;
    let kept: u32 = 0;
    for (let first: u32 = 0; first < documents; first += BM25_BLOCK) {
      const end = min(documents, first + BM25_BLOCK);
      addUp(words, length, offsets, postings, weights, first, end, cursors, sums);
      for (let d: u32 = 0; d < end - first; d++) {
        const score = load<f64>(sums + (<usize>d << 3));
        if (!(score > threshold)) continue;
        store<f64>(scores + (<usize>kept << 3), score);
        store<u32>(found + (<usize>kept << 2), first + d);
        if (++kept < capacity) continue;
        select(scores, found, kept, k);
        threshold = load<f64>(scores + (<usize>(k - 1) << 3));
        kept = k;
      }
      memory.fill(sums, 0, <usize>(end - first) << 3);
    }
    if (kept > k) {
      select(scores, found, kept, k);
      kept = k;
    }
    sort(scores, found, kept);
    store<u32>(counts + (<usize>query << 2), kept);
    scores += <usize>capacity << 3;
    found += <usize>capacity << 2;
  }
}

/** Adds the weights of the documents first … end. `cursors`: the first posting of each word that is not added yet. */
function addUp(
  words: usize, length: u32, offsets: usize, postings: usize, weights: usize, first: u32, end: u32, cursors: usize,
  sums: usize,
): void {
  const base = sums - (<usize>first << 3);
  for (let i: u32 = 0; i < length; i++) {
    const word = load<u32>(words + (<usize>i << 2));
    const last = load<u32>(offsets + (<usize>word << 2), 4);
    let at = load<u32>(cursors + (<usize>i << 2));
    for (; at < last; at++) {
      const document = load<u32>(postings + (<usize>at << 2));
      if (document >= end) break;
      const sum = base + (<usize>document << 3);
      store<f64>(sum, load<f64>(sum) + load<f64>(weights + (<usize>at << 3)));
    }
    store<u32>(cursors + (<usize>i << 2), at);
  }
}
