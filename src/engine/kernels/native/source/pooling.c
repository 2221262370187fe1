// Pooling over a text's tokens, forward and backward; the twin of ../../assembly/lib/pooling.ts. `kind` is one of POOLING_….
#include "abi.generated.h"
#include "functions.h"

/** How many steps row i takes part in. Rows are sorted by length, so counting goes down from the row before. */
static uint32_t length_of(const uint32_t *starts, uint32_t i, uint32_t steps) {
  while (steps > 0 && starts[steps] - starts[steps - 1] <= i) steps--;
  return steps;
}

/** Four sums, added in a fixed order, whatever the width of the registers. */
INLINE float dot(const float *a, const float *b, size_t floats) {
  f32x4 s = splat4(0);
  for (size_t k = 0; k < floats; k += 4) s = madd4(*(const f32x4 *)(a + k), *(const f32x4 *)(b + k), s);
  return (s[0] + s[1]) + (s[2] + s[3]);
}

/** The larger; NaN where either is. */
INLINE float larger(float a, float b) { return a != a ? a : b != b ? b : a > b ? a : b; }

/** weights = softmax over the row's tokens of y·v, the largest score taken off first. */
static void softmax(const float *y, size_t ldy, const uint32_t *starts, uint32_t length, uint32_t i, size_t floats,
                    const float *v, float *weights) {
  float most = -__builtin_inff();
  for (uint32_t t = 0; t < length; t++) {
    const uint32_t at = starts[t] + i;
    weights[at] = dot(row(y, at, ldy), v, floats);
    most = larger(most, weights[at]);
  }
  float sum = 0;
  for (uint32_t t = 0; t < length; t++) {
    float *place = weights + starts[t] + i;
    *place = exp_of(splat(*place - most))[0];
    sum += *place;
  }
  for (uint32_t t = 0; t < length; t++) weights[starts[t] + i] /= sum;
}

INLINE void pool_units(uint32_t kind, const float *y, size_t ldy, const uint32_t *starts, uint32_t length, uint32_t i,
                       const float *weights, float *to, size_t k, const size_t lanes) {
  if (kind == POOLING_ATTENTION) {
    vector sum = splat(0);
    for (uint32_t t = 0; t < length; t++) {
      const uint32_t at = starts[t] + i;
      sum = madd(splat(weights[at]), load(row(y, at, ldy) + k, lanes), sum);
    }
    store(to + k, sum, lanes);
    return;
  }
  vector value = load(row(y, starts[0] + i, ldy) + k, lanes);
  for (uint32_t t = 1; t < length; t++) {
    const vector x = load(row(y, starts[t] + i, ldy) + k, lanes);
    if (kind == POOLING_MEAN) value = value + x;
    else value = maximum(value, x);
  }
  if (kind == POOLING_MEAN) value = value * splat(1.0f / (float)length);
  store(to + k, value, lanes);
}

/**
 *   y        states [tokens, width / 4]; out [rows of the batch, width / 4], row i of the chunk at rows[i]
 *   half     bytes of the forward half of a state (all of it in one direction)
 *   v        attention's vector;  weights: f32 [tokens], attention's softmax, kept for the backward pass
 */
static void pooling_forward(uint32_t kind, const float *y, size_t ldy, const uint32_t *starts, uint32_t steps,
                            uint32_t count, float *out, const uint32_t *rows, size_t half, size_t width, const float *v,
                            float *weights) {
  uint32_t length = steps;
  for (uint32_t i = 0; i < count; i++) {
    length = length_of(starts, i, length);
    float *to = row(out, rows[i], width);
    if (kind == POOLING_LAST) {
      memcpy(to, row(y, starts[length - 1] + i, ldy), half);
      memcpy((char *)to + half, (const char *)row(y, starts[0] + i, ldy) + half, width - half);
      continue;
    }
    if (kind == POOLING_ATTENTION) softmax(y, ldy, starts, length, i, width / 4, v, weights);
#define POOL(lanes) pool_units(kind, y, ldy, starts, length, i, weights, to, k, lanes)
    EACH_VECTOR(width / 4, k, POOL);
#undef POOL
  }
}

INLINE void mean_units(const float *from, float *to, vector mean, size_t k, const size_t lanes) {
  store(to + k, load(from + k, lanes) * mean, lanes);
}

/** The first token that reaches the largest value takes the gradient. */
INLINE void max_units(const float *y, size_t ldy, const uint32_t *starts, uint32_t length, uint32_t i, const float *out,
                      const float *from, float *dy, size_t ldd, size_t k, const size_t lanes) {
  const vector best = load(out + k, lanes);
  ints left = (ints)load(from + k, lanes);
  for (uint32_t t = 0; t < length; t++) {
    const uint32_t at = starts[t] + i;
    const ints hit = (ints)(load(row(y, at, ldy) + k, lanes) == best);
    store(row(dy, at, ldd) + k, (vector)(left & hit), lanes);
    left = left & ~hit;
  }
}

INLINE void attention_units(const float *y, const float *v, const float *g, float *dy, float *dv, vector weight,
                            vector ds, size_t k, const size_t lanes) {
  store(dv + k, madd(ds, load(y + k, lanes), load(dv + k, lanes)), lanes);
  store(dy + k, madd(weight, load(g + k, lanes), ds * load(v + k, lanes)), lanes);
}

/** da = g·y, ds = a (da − Σ a da), dy = a g + ds v, dv += ds y. */
static void attention_backward(const float *y, size_t ldy, const uint32_t *starts, uint32_t length, uint32_t i,
                               size_t floats, const float *v, const float *weights, const float *g, float *dy,
                               size_t ldd, float *dv) {
  float mean = 0;
  for (uint32_t t = 0; t < length; t++) {
    const uint32_t at = starts[t] + i;
    const float da = dot(g, row(y, at, ldy), floats);
    *row(dy, at, ldd) = da;
    mean += weights[at] * da;
  }
  for (uint32_t t = 0; t < length; t++) {
    const uint32_t at = starts[t] + i;
    float *to = row(dy, at, ldd);
    const float *state = row(y, at, ldy);
    const vector ds = splat(weights[at] * (*to - mean)), weight = splat(weights[at]);
#define UNITS(lanes) attention_units(state, v, g, to, dv, weight, ds, k, lanes)
    EACH_VECTOR(floats, k, UNITS);
#undef UNITS
  }
}

/** The gradient of the last forward state and the last backward one; zeros for the others. */
static void last_backward(const uint32_t *starts, uint32_t length, uint32_t i, const float *from, size_t half,
                          size_t width, float *dy, size_t ldd) {
  for (uint32_t t = 0; t < length; t++) {
    char *to = (char *)row(dy, starts[t] + i, ldd);
    if (t == length - 1) memcpy(to, from, half);
    else memset(to, 0, half);
    if (t == 0) memcpy(to + half, (const char *)from + half, width - half);
    else memset(to + half, 0, width - half);
  }
}

/**
 *   g    gradient of `out`, as it lies
 *   dy   [tokens, width / 4], written whole
 *   dv   f32 [width / 4], this chunk's gradient of v
 */
static void pooling_backward(uint32_t kind, const float *y, size_t ldy, const uint32_t *starts, uint32_t steps,
                             uint32_t count, const float *out, const uint32_t *rows, size_t half, size_t width,
                             const float *v, const float *weights, const float *g, float *dy, size_t ldd, float *dv) {
  uint32_t length = steps;
  if (kind == POOLING_ATTENTION) memset(dv, 0, width);
  for (uint32_t i = 0; i < count; i++) {
    length = length_of(starts, i, length);
    const float *from = row(g, rows[i], width), *best = row(out, rows[i], width);
    if (kind == POOLING_LAST) last_backward(starts, length, i, from, half, width, dy, ldd);
    else if (kind == POOLING_MEAN) {
      const vector mean = splat(1.0f / (float)length);
      for (uint32_t t = 0; t < length; t++) {
        float *to = row(dy, starts[t] + i, ldd);
#define MEAN(lanes) mean_units(from, to, mean, k, lanes)
        EACH_VECTOR(width / 4, k, MEAN);
#undef MEAN
      }
    } else if (kind == POOLING_MAX) {
#define MAX(lanes) max_units(y, ldy, starts, length, i, best, from, dy, ldd, k, lanes)
      EACH_VECTOR(width / 4, k, MAX);
#undef MAX
    } else attention_backward(y, ldy, starts, length, i, width / 4, v, weights, from, dy, ldd, dv);
  }
}
