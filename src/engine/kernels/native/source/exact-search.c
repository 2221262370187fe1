// Exact search: the k documents of the highest score for many queries, of a slab of the corpus after another; the twin of
// ../../assembly/lib/exact-search.ts, which explains it and has the shapes.
#include "abi.generated.h"
#include "vector.h"

#include <math.h>

typedef struct {
  /** No document below it is among the k best; −∞ until k are known. In terms of keys, as are all bounds. */
  double least;
  double square, norm;
  /** Bound on the rounding of a float dot product, for a document of norm 1; ∞ where floats do not suffice. */
  double error;
  /** Bound on the rounding of anything else. */
  double slack;
  uint32_t count, settled;
} state;

typedef struct { float scale, radius, offset, unused; } filter;

enum { VECTORS = QUERY_BLOCK / LANES, TILE = 64, ROWS = LANES == 16 ? 8 : 3, MOST_BLOCKS = 8 };

/** s · b + c. Whether it rounds once or twice is covered by the error. */
#if LANES == 16
INLINE vector filter_madd(vector s, vector b, vector c) {
  return (vector)_mm512_fmadd_ps((__m512)s, (__m512)b, (__m512)c);
}
INLINE int any_lane(ints x) { return _mm512_test_epi32_mask((__m512i)x, (__m512i)x) != 0; }
#elif LANES == 8
INLINE vector filter_madd(vector s, vector b, vector c) {
  return (vector)_mm256_fmadd_ps((__m256)s, (__m256)b, (__m256)c);
}
INLINE int any_lane(ints x) { return !_mm256_testz_si256((__m256i)x, (__m256i)x); }
#else
INLINE vector filter_madd(vector s, vector b, vector c) {
  return (vector)vfmaq_f32((float32x4_t)c, (float32x4_t)s, (float32x4_t)b);
}
INLINE int any_lane(ints x) { return vmaxvq_u32((uint32x4_t)x) != 0; }
#endif

/** Dot products of `rows` documents with the queries of a block: [rows, QUERY_BLOCK]. */
INLINE void dot_rows(const int rows, const float *columns, const float *documents, size_t dimensions, float *out) {
  vector sum[ROWS][VECTORS];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < VECTORS; v++) sum[r][v] = splat(0);
  for (size_t i = 0; i < dimensions; i++) {
    vector query[VECTORS];
    for (int v = 0; v < VECTORS; v++) query[v] = *(const vector *)(columns + i * QUERY_BLOCK + v * LANES);
    for (int r = 0; r < rows; r++) {
      const vector value = splat(documents[r * dimensions + i]);
      for (int v = 0; v < VECTORS; v++) sum[r][v] = filter_madd(value, query[v], sum[r][v]);
    }
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < VECTORS; v++) *(vector *)(out + r * QUERY_BLOCK + v * LANES) = sum[r][v];
}

static void dot_tile(const float *columns, const float *documents, size_t dimensions, uint32_t count, float *out) {
  uint32_t d = 0;
  for (; d + ROWS <= count; d += ROWS)
    dot_rows(ROWS, columns, documents + d * dimensions, dimensions, out + d * QUERY_BLOCK);
  for (; d < count; d++) dot_rows(1, columns, documents + d * dimensions, dimensions, out + d * QUERY_BLOCK);
}

INLINE double score_of(double dot, const state *query, double square, uint32_t similarity) {
  if (similarity == SIMILARITY_DOT) return dot;
  if (similarity == SIMILARITY_COSINE) {
    const double norm = sqrt(square);
    return query->norm == 0 || norm == 0 ? 0 : dot / (query->norm * norm);
  }
  const double distance = query->square + square - 2 * dot;
  return -sqrt(distance > 0 ? distance : 0);
}

INLINE double key_of(double score, const state *query, uint32_t similarity) {
  if (similarity == SIMILARITY_DOT) return score;
  if (similarity == SIMILARITY_COSINE) return score * query->norm;
  return (query->square - score * score) / 2;
}

/** How far the key of a float dot product may be from the true one. */
INLINE double key_error(const state *query, double square, const filter *by, uint32_t similarity) {
  const double error = query->error * by->radius + query->slack;
  return similarity == SIMILARITY_EUCLIDEAN ? error + square * 0x1p-40 : error;
}

/** Exact scores of what is found but not settled, in double precision; the k best of all, sorted. */
static void settle_one(const float *documents, const double *squares, uint32_t first, uint32_t dimensions,
                       uint32_t similarity, const float *row, state *query, double *scores, uint32_t *found, uint32_t k) {
  enum { AT_ONCE = 8 };
  for (uint32_t place = query->settled; place < query->count; place += AT_ONCE) {
    const uint32_t count = query->count - place < AT_ONCE ? query->count - place : AT_ONCE;
    const float *from[AT_ONCE];
    double sums[AT_ONCE] = {0};
    for (uint32_t j = 0; j < AT_ONCE; j++)
      from[j] = documents + (size_t)(found[place + (j < count ? j : 0)] - first) * dimensions;
    // The product of two floats is exact in double precision, so that fusing it with the sum changes no bit.
    for (uint32_t i = 0; i < dimensions; i++)
      for (int j = 0; j < AT_ONCE; j++) sums[j] = __builtin_fma(row[i], from[j][i], sums[j]);
    for (uint32_t j = 0; j < count; j++)
      scores[place + j] = score_of(sums[j], query, squares[found[place + j] - first], similarity);
  }
  if (query->count > k) {
    top_k_select(scores, found, query->count, k);
    query->count = k;
  }
  top_k_sort(scores, found, query->count);
  query->settled = query->count;
  if (query->count == k) {
    const double key = key_of(scores[k - 1], query, similarity);
    if (key > query->least) query->least = key;
  }
}

/** Raises the bound by what is found, and drops what is below it. */
static void prune(const double *squares, const filter *filters, uint32_t first, uint32_t similarity, state *query,
                  double *lowers, uint32_t *found, uint32_t k) {
  const uint32_t from = query->settled, count = query->count - from;
  if (count < k) return;
  top_k_select(lowers + from, found + from, count, k);
  if (lowers[from + k - 1] > query->least) query->least = lowers[from + k - 1];
  uint32_t kept = from;
  for (uint32_t i = from; i < query->count; i++) {
    const uint32_t d = found[i] - first;
    if (lowers[i] + 2 * key_error(query, squares[d], filters + d, similarity) < query->least) continue;
    lowers[kept] = lowers[i];
    found[kept++] = found[i];
  }
  query->count = kept;
}

INLINE float cut_of(const state *query) {
  return (float)(query->least - fabs(query->least) * 0x1p-22 - query->slack);
}

static void exact_search_scan(const float *documents, const double *squares, uint32_t first, uint32_t dimensions,
                              uint32_t similarity, const filter *filters, uint32_t count, const float *columns,
                              const float *rows, state *states, uint32_t asked, double *scores, uint32_t *found,
                              uint32_t capacity, uint32_t k, float *dots) {
  float *const cuts = dots + TILE * QUERY_BLOCK, *const errors = cuts + MOST_BLOCKS * QUERY_BLOCK;
  for (uint32_t q = 0; q < asked; q++) {
    cuts[q] = cut_of(states + q);
    errors[q] = (float)states[q].error;
  }
  for (uint32_t tile = 0; tile < count; tile += TILE) {
    const uint32_t wide = count - tile < TILE ? count - tile : TILE;
    for (uint32_t block = 0; block < asked; block += QUERY_BLOCK) {
      const uint32_t lanes = asked - block < QUERY_BLOCK ? asked - block : QUERY_BLOCK;
      dot_tile(columns + (size_t)block * dimensions, documents + (size_t)tile * dimensions, dimensions, wide, dots);
      for (uint32_t d = tile; d < tile + wide; d++) {
        const filter by = filters[d];
        const float *products = dots + (d - tile) * QUERY_BLOCK;
        ints above = splat_int(0);
        for (int v = 0; v < VECTORS; v++) {
          const vector dot = *(const vector *)(products + v * LANES);
          const vector error = *(const vector *)(errors + block + v * LANES) * by.radius - by.offset;
          above |= ~(ints)(dot * by.scale + error < *(const vector *)(cuts + block + v * LANES));
        }
        if (!any_lane(above)) continue;
        for (uint32_t lane = 0; lane < lanes; lane++) {
          const uint32_t q = block + lane;
          if (products[lane] * by.scale + (errors[q] * by.radius - by.offset) < cuts[q]) continue;
          state *query = states + q;
          double *lowers = scores + (size_t)q * capacity;
          uint32_t *places = found + (size_t)q * capacity;
          const double error = key_error(query, squares[d], &by, similarity);
          double key = (double)products[lane] * by.scale;
          if (similarity == SIMILARITY_EUCLIDEAN) key -= squares[d] / 2;
          if (key + error < query->least) continue;
          lowers[query->count] = error < INFINITY ? key - error : -INFINITY;
          places[query->count++] = first + d;
          if (query->count < capacity) continue;
          prune(squares, filters, first, similarity, query, lowers, places, k);
          if (query->count > capacity - capacity / 4)
            settle_one(documents, squares, first, dimensions, similarity, rows + (size_t)q * dimensions, query, lowers,
                       places, k);
          cuts[q] = cut_of(query);
        }
      }
    }
  }
}

static void exact_search_settle(const float *documents, const double *squares, uint32_t first, uint32_t dimensions,
                                uint32_t similarity, const float *rows, state *states, uint32_t asked, double *scores,
                                uint32_t *found, uint32_t capacity, uint32_t k) {
  for (uint32_t q = 0; q < asked; q++)
    settle_one(documents, squares, first, dimensions, similarity, rows + (size_t)q * dimensions, states + q,
               scores + (size_t)q * capacity, found + (size_t)q * capacity, k);
}
