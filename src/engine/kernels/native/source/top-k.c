// The best of many scored documents, the highest score first and equal scores by the document's number, as
// src/retrieval/ranking.ts orders them; the twin of ../../assembly/lib/top-k.ts.
#include "vector.h"

INLINE int precedes(double score, uint32_t document, double other, uint32_t other_document) {
  return score > other || (score == other && document < other_document);
}

INLINE void swap_found(double *scores, uint32_t *documents, size_t i, size_t j) {
  const double score = scores[i];
  const uint32_t document = documents[i];
  scores[i] = scores[j]; documents[i] = documents[j];
  scores[j] = score; documents[j] = document;
}

/** The place of the middle one of three. */
INLINE size_t median_of(const double *scores, const uint32_t *documents, size_t a, size_t b, size_t c) {
  const int ab = precedes(scores[a], documents[a], scores[b], documents[b]);
  const int bc = precedes(scores[b], documents[b], scores[c], documents[c]);
  const int ac = precedes(scores[a], documents[a], scores[c], documents[c]);
  return ab == bc ? b : ab == ac ? c : a;
}

/** Moves the k best to the front in any order, the last of them to place k − 1 (Hoare's quickselect). 0 < k ≤ count */
static void top_k_select(double *scores, uint32_t *documents, size_t count, size_t k) {
  ptrdiff_t left = 0, right = (ptrdiff_t)count - 1;
  const ptrdiff_t wanted = (ptrdiff_t)k - 1;
  while (left < right) {
    const size_t middle = median_of(scores, documents, left, (left + right) / 2, right);
    const double score = scores[middle];
    const uint32_t document = documents[middle];
    ptrdiff_t i = left, j = right;
    while (i <= j) {
      while (precedes(scores[i], documents[i], score, document)) i++;
      while (precedes(score, document, scores[j], documents[j])) j--;
      if (i > j) break;
      swap_found(scores, documents, i, j);
      i++; j--;
    }
    if (j < wanted) left = i;
    if (wanted < i) right = j;
  }
}

INLINE void sift_down(double *scores, uint32_t *documents, size_t parent, size_t count) {
  for (size_t child; (child = 2 * parent + 1) < count; parent = child) {
    if (child + 1 < count && precedes(scores[child], documents[child], scores[child + 1], documents[child + 1])) child++;
    if (!precedes(scores[parent], documents[parent], scores[child], documents[child])) return;
    swap_found(scores, documents, parent, child);
  }
}

/** Sorts, the best first (heapsort). */
static void top_k_sort(double *scores, uint32_t *documents, size_t count) {
  for (size_t i = count / 2; i-- > 0;) sift_down(scores, documents, i, count);
  for (size_t end = count; end-- > 1;) {
    swap_found(scores, documents, 0, end);
    sift_down(scores, documents, 0, end);
  }
}
