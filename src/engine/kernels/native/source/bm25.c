// BM25 of many queries over one inverted index; the twin of ../../assembly/lib/bm25.ts, which has the shapes.
#include "abi.generated.h"
#include "vector.h"

/** Whether one of the next eight scores is above the threshold. */
INLINE int any_above(const double *sums, double threshold) {
  int above = 0;
  for (int i = 0; i < 8; i++) above |= sums[i] > threshold;
  return above;
}

static void bm25_search(const uint32_t *tokens, const uint32_t *starts, uint32_t count, const uint32_t *offsets,
                        const uint32_t *postings, const double *weights, uint32_t documents, uint32_t k,
                        uint32_t capacity, double *scores, uint32_t *found, uint32_t *counts, double *sums) {
  uint32_t *const cursors = (uint32_t *)(sums + BM25_BLOCK);
  memset(sums, 0, BM25_BLOCK * sizeof(double));
  for (uint32_t query = 0; query < count; query++, scores += capacity, found += capacity) {
    const uint32_t *words = tokens + starts[query], length = starts[query + 1] - starts[query];
    for (uint32_t i = 0; i < length; i++) cursors[i] = offsets[words[i]];
    double threshold = 0;
    uint32_t kept = 0;
    for (uint32_t first = 0; first < documents; first += BM25_BLOCK) {
      const uint32_t end = documents - first < BM25_BLOCK ? documents : first + BM25_BLOCK;
      for (uint32_t i = 0; i < length; i++) {
        const uint32_t last = offsets[words[i] + 1];
        uint32_t at = cursors[i];
        for (; at < last && postings[at] < end; at++) sums[postings[at] - first] += weights[at];
        cursors[i] = at;
      }
      for (uint32_t next = 0; next < end - first; next += 8) {
        // Sums behind the last document are 0.
        if (!any_above(sums + next, threshold)) continue;
        for (uint32_t d = next; d < next + 8; d++) {
          if (!(sums[d] > threshold)) continue;
          scores[kept] = sums[d];
          found[kept++] = first + d;
          if (kept < capacity) continue;
          top_k_select(scores, found, kept, k);
          threshold = scores[k - 1];
          kept = k;
        }
      }
      memset(sums, 0, (end - first) * sizeof(double));
    }
    if (kept > k) {
      top_k_select(scores, found, kept, k);
      kept = k;
    }
    top_k_sort(scores, found, kept);
    counts[query] = kept;
  }
}
