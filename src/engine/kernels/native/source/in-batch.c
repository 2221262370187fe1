// What losses are made of, on the scores of a batch's queries with all its documents; the twin of
// ../../assembly/lib/in-batch.ts, which explains it.
#include "functions.h"

INLINE float distance(float square, const float *document_squares, const float *products, size_t k) {
  return (square + document_squares[k]) - products[k] * 2;
}

/**
 * scores = −√(|q|² + |d|² − 2 q·d).
 *   products         f32 [count, width]; strides in bytes, width in floats
 *   querySquares     f32 [count]; documentSquares: f32 [width]
 */
static void in_batch_euclidean_forward(const float *products, size_t ldp, const float *query_squares,
                                       const float *document_squares, float *scores, size_t lds, uint32_t count,
                                       uint32_t width) {
  for (uint32_t i = 0; i < count; i++)
    for (size_t k = 0; k < width; k++)
      row(scores, i, lds)[k] = -row_length(distance(query_squares[i], document_squares, row(products, i, ldp), k));
}

/**
 * g, the gradient of the scores, becomes that of |q|² + |d|²; dp is that of the products. Both have stride ldg.
 *   rowSums  f32 [count]: the sum of each row of g then
 */
static void in_batch_euclidean_backward(const float *products, size_t ldp, const float *query_squares,
                                        const float *document_squares, float *g, size_t ldg, float *dp, float *row_sums,
                                        uint32_t count, uint32_t width) {
  for (uint32_t i = 0; i < count; i++) {
    float *gi = row(g, i, ldg), *out = row(dp, i, ldg);
    double sum = 0;
    for (size_t k = 0; k < width; k++) {
      const float apart = distance(query_squares[i], document_squares, row(products, i, ldp), k);
      gi[k] = (-gi[k] / (row_length(apart) * 2)) * (apart >= LEAST_SQUARE ? 1.0f : 0.0f);
      out[k] = -gi[k] * 2;
      sum += (double)gi[k];
    }
    row_sums[i] = (float)sum;
  }
}

/** Further than any score, near enough for float32 to keep a score added to it finite. */
#define FAR 1e9f

INLINE float sum_in_order(const float *x, size_t width) {
  double sum = 0;
  for (size_t k = 0; k < width; k++) sum += (double)x[k];
  return (float)sum;
}

INLINE float log_of_one(float x) {
  const vector y = log_of(splat(x));
  return y[0];
}

/**
 * Cross entropy of the softmax of scores / temperature with each row's target, and its gradient. Strides of whole vectors.
 *   allowed   f32 [count, width]: 1 for the documents that the target is told apart from, else 0
 *   targets   u32 [count]: columns
 *   size      what the losses are divided by; slope: the gradient of a row's loss
 *   losses    f32 [count]
 *   gradient  f32 [count, ldg] of the scores, zeros beyond the width
 *   work      scratch of a row
 */
static void in_batch_softmax(const float *scores, size_t lds, const float *allowed, size_t lda, const uint32_t *targets,
                             uint32_t count, uint32_t width, float temperature, float size, float slope, float *losses,
                             float *gradient, size_t ldg, float *work) {
  const size_t floats = ((size_t)width + 3) & ~(size_t)3;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t target = targets[i];
    const float *s = row(scores, i, lds), *a = row(allowed, i, lda);
    float *x = row(gradient, i, ldg);
    for (size_t k = 0; k < floats; k++) x[k] = s[k] / temperature + (a[k] - 1) * FAR;
    const float own = s[target] / temperature;
    x[target] = own + ((a[target] < 1 ? 1 : a[target]) - 1) * FAR;
    float top = -__builtin_inff();
    for (size_t k = 0; k < width; k++) top = x[k] > top || x[k] != x[k] ? x[k] : top;
#define RAISE(lanes) store(work + k, exp_of(load(x + k, lanes) - splat(top)), lanes)
    EACH_VECTOR(floats, k, RAISE);
#undef RAISE
    const float total = sum_in_order(work, width), share = slope / total;
    losses[i] = ((top + log_of_one(total)) - own) / size;
    for (size_t k = 0; k < floats; k++) work[k] = share * work[k];
    const float rest = slope + -sum_in_order(work, width);
    const float at_target = (work[target] + rest * (x[target] == top ? 1.0f : 0.0f)) + -slope;
    for (size_t k = 0; k < floats; k++)
      x[k] = ((work[k] + rest * (x[k] == top ? 1.0f : 0.0f)) + 0.0f) / temperature;
    x[target] = at_target / temperature;
    memset(x + width, 0, ldg - (size_t)width * 4);
  }
}
