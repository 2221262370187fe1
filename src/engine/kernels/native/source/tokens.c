// Work on tokens outside the recurrence: gather, dropout, sums over tokens, the embedding table's gradients; the twin of
// ../../assembly/lib/tokens.ts.
#include "vector.h"

/** x[count, width] = table[ids]; strides and width in bytes. */
static void tokens_gather(float *x, size_t ldx, const float *table, size_t ldt, const uint32_t *ids, uint32_t count,
                          size_t width) {
  for (uint32_t i = 0; i < count; i++) memcpy(row(x, i, ldx), row(table, ids[i], ldt), width);
}

/** A bijection of 32 bits that scatters well ("lowbias32", Chris Wellons 2018). */
#define DEFINE_SCATTER(NAME, TYPE)   \
  INLINE TYPE NAME(TYPE x) {         \
    x = (x ^ (x >> 16)) * 0x7feb352du; \
    x = (x ^ (x >> 15)) * 0x846ca68bu; \
    return x ^ (x >> 16);            \
  }
DEFINE_SCATTER(scatter, uint32_t)
DEFINE_SCATTER(scatter_all, words)

INLINE void drop_units(const float *src, float *dst, size_t k, words keys, ints limit, vector factor,
                       const size_t lanes) {
  words unit;
  for (int i = 0; i < LANES; i++) unit[i] = (uint32_t)k + (uint32_t)i;
  const ints number = (ints)(scatter_all(scatter_all(unit) + keys) >> 8);
  const ints keep = (ints)(number >= limit);
  store(dst + k, (vector)(keep & (ints)(load(src + k, lanes) * factor)), lanes);
}

/**
 * Inverted dropout, dst = src ∘ mask · scale; a unit is dropped where its 24-bit number is below `threshold`.
 * The number depends on the seed, the row's place in the batch, the token's place in the row and the unit.
 *   rows  u32: the place in the batch of each row of the chunk
 */
static void tokens_dropout(const float *src, size_t lds, float *dst, size_t ldd, const uint32_t *starts, uint32_t steps,
                           const uint32_t *rows, uint32_t seed, uint32_t threshold, float scale, size_t width) {
  const vector factor = splat(scale);
  const ints limit = splat_int((int32_t)threshold);
  for (uint32_t t = 0; t < steps; t++)
    for (uint32_t i = 0, count = starts[t + 1] - starts[t]; i < count; i++) {
      const words keys = (words)splat_int((int32_t)scatter(scatter(scatter(seed) + rows[i]) + t));
#define DROP(lanes) drop_units(src, dst, k, keys, limit, factor, lanes)
      EACH_VECTOR(width / 4, k, DROP);
#undef DROP
      src = row(src, 1, lds);
      dst = row(dst, 1, ldd);
    }
}

/** Vectors of columns summed at once: their sums stay in registers. */
#define COLUMNS 4

INLINE void sum_columns(const float *src, size_t lds, const uint32_t *order, float *dst, size_t count, int add,
                        const int vectors, const size_t lanes) {
  vector sum[COLUMNS];
  for (int v = 0; v < vectors; v++) sum[v] = add ? load(dst + v * LANES, lanes) : splat(0);
  for (size_t i = 0; i < count; i++) {
    const float *from = row(src, order ? order[i] : i, lds);
    for (int v = 0; v < vectors; v++) sum[v] = sum[v] + load(from + v * LANES, lanes);
  }
  for (int v = 0; v < vectors; v++) store(dst + v * LANES, sum[v], lanes);
}

/** dst[width] = Σ over rows of src, those of `order` or all in turn, added to dst itself where `add` is set. */
INLINE void sum_of_rows(const float *src, size_t lds, const uint32_t *order, float *dst, size_t count, size_t width,
                        int add) {
  const size_t floats = width / 4, wide = COLUMNS * LANES;
  size_t first = 0;
  for (; first + wide <= floats; first += wide)
    sum_columns(src + first, lds, order, dst + first, count, add, COLUMNS, LANES);
#define SUM(lanes) sum_columns(src + first + k, lds, order, dst + first + k, count, add, 1, lanes)
  EACH_VECTOR(floats - first, k, SUM);
#undef SUM
}

/** dst[width] = Σ over rows of src; width in bytes. */
static void tokens_sum_rows(const float *src, size_t lds, float *dst, uint32_t count, size_t width) {
  sum_of_rows(src, lds, NULL, dst, count, width, 0);
}

/**
 * Adds up gradients of embedding rows.
 *   groups  u32 [count, 3]: slot of the row, first place in `order`, whether the slot holds a gradient already
 *           (a fourth group's first place ends the last)
 *   order   u32: tokens, those of one row together and in the batch's order
 */
static void tokens_gather_gradients(const float *dx, size_t ldx, const uint32_t *order, const uint32_t *groups,
                                    uint32_t count, float *gradients, size_t width) {
  for (uint32_t g = 0; g < count; g++, groups += 3)
    sum_of_rows(dx, ldx, order + groups[1], row(gradients, groups[0], width), groups[4] - groups[1], width,
                groups[2] != 0);
}

/** Σ g² over count floats (a multiple of 4), in double: four sums, added in a fixed order. */
static void tokens_squares(const float *g, uint32_t count, double *out) {
  f64x4 sums = {0, 0, 0, 0};
  for (uint32_t i = 0; i < count; i += 4) {
    const f64x4 x = __builtin_convertvector(*(const f32x4 *)(g + i), f64x4);
    sums = sums + x * x;
  }
  *out = (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

/** The sum in double of squares that are rounded to float32, one after the other: the gradient of a dense weight. */
static void tokens_squares_in_order(const float *g, uint32_t count, double *out) {
  double sum = 0;
  for (uint32_t i = 0; i < count; i++) sum += (double)(g[i] * g[i]);
  *out = sum;
}

typedef struct {
  vector rate, beta1, beta2, rest1, rest2, epsilon, decay, scale, root;
} adam_rates;

INLINE void adam_values(float *table, float *m, float *v, const float *g, const adam_rates *by, const size_t lanes) {
  const vector gk = load(g, lanes) * by->scale;
  const vector mk = by->beta1 * load(m, lanes) + by->rest1 * gk;
  const vector vk = by->beta2 * load(v, lanes) + by->rest2 * (gk * gk);
  store(m, mk, lanes);
  store(v, vk, lanes);
  const vector size = square_root(vk * by->root) + by->epsilon;
  store(table, load(table, lanes) * by->decay - (by->rate * mk) / size, lanes);
}

/**
 * Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019) on the rows touched.
 *   rows   u32 [count]: the table row of each gradient slot
 *   rest1, rest2  1 − β1, 1 − β2
 *   decay  1 − rate · weight decay;  rate: of this step over 1 − β1ᵗ;  root: 1 / (1 − β2ᵗ)
 */
static void tokens_adam(float *table, float *m, float *v, const float *g, const uint32_t *rows, uint32_t count,
                        size_t width, float rate, float beta1, float beta2, float rest1, float rest2, float epsilon,
                        float decay, float scale, float root) {
  const adam_rates by = {splat(rate),    splat(beta1), splat(beta2), splat(rest1), splat(rest2),
                         splat(epsilon), splat(decay), splat(scale), splat(root)};
  for (uint32_t i = 0; i < count; i++) {
    float *wi = row(table, rows[i], width), *mi = row(m, rows[i], width), *vi = row(v, rows[i], width);
    const float *gi = row(g, i, width);
#define UPDATE(lanes) adam_values(wi + k, mi + k, vi + k, gi + k, &by, lanes)
    EACH_VECTOR(width / 4, k, UPDATE);
#undef UPDATE
  }
}
