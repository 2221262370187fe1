// Rows scaled to length 1, and the way back; the twin of ../../assembly/lib/normalise.ts, which explains it. Loops over
// columns are left to the compiler, which keeps the order of every sum.
#include "vector.h"

/** What a sum of squares counts as at least, which keeps lengths, and the slope of the root, finite. */
#define LEAST_SQUARE 1e-12f

/** NaN stays. */
INLINE float at_least(float square) { return square < LEAST_SQUARE ? LEAST_SQUARE : square; }
INLINE float row_length(float square) { return __builtin_sqrtf(at_least(square)); }

/**
 * dst[count, blocks · block] = the rows of src, divided by their lengths where `scaled` is set.
 *   block    floats of a block; stride: bytes from one to the next
 *   squares  f32 [count]: the sum of squares of each row
 */
static void normalise_forward(const float *src, size_t lds, uint32_t blocks, uint32_t block, size_t stride, int scaled,
                              float *dst, size_t ldd, uint32_t count, float *squares) {
  for (uint32_t i = 0; i < count; i++) {
    double sum = 0;
    for (uint32_t b = 0; b < blocks; b++) {
      const float *x = row(row(src, i, lds), b, stride);
      for (uint32_t k = 0; k < block; k++) sum += (double)(x[k] * x[k]);
    }
    squares[i] = (float)sum;
    const float length = scaled ? row_length(squares[i]) : 1;
    for (uint32_t b = 0; b < blocks; b++) {
      const float *x = row(row(src, i, lds), b, stride);
      float *out = row(dst, i, ldd) + (size_t)b * block;
      for (uint32_t k = 0; k < block; k++) out[k] = x[k] / length;
    }
  }
}

/** dst: the gradient of src, which lies as src does. g [count, blocks · block]: that of what forward has made. */
static void normalise_backward(const float *src, size_t lds, uint32_t blocks, uint32_t block, size_t stride, int scaled,
                               const float *g, size_t ldg, const float *squares, float *dst, size_t ldd,
                               uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const float length = scaled ? row_length(squares[i]) : 1;
    float slope = 0;
    if (scaled) {
      double sum = 0;
      for (uint32_t b = 0; b < blocks; b++) {
        const float *x = row(row(src, i, lds), b, stride), *gb = row(g, i, ldg) + (size_t)b * block;
        for (uint32_t k = 0; k < block; k++) sum += (double)(x[k] * gb[k]);
      }
      slope = (-((float)sum / (length * length)) / (length * 2)) * (squares[i] >= LEAST_SQUARE ? 1.0f : 0.0f);
    }
    for (uint32_t b = 0; b < blocks; b++) {
      const float *x = row(row(src, i, lds), b, stride), *gb = row(g, i, ldg) + (size_t)b * block;
      float *out = row(row(dst, i, ldd), b, stride);
      if (!scaled) memcpy(out, gb, (size_t)block * 4);
      else
        for (uint32_t k = 0; k < block; k++) out[k] = gb[k] / length + slope * (x[k] * 2);
    }
  }
}

/** dst[i] += slopes[i] · 2 · src[i]: the gradient of a sum of squares. width in bytes, a multiple of 16. */
static void normalise_add_square_slopes(const float *src, size_t lds, const float *slopes, float *dst, size_t ldd,
                                        uint32_t count, size_t width) {
  for (uint32_t i = 0; i < count; i++) {
    const float *x = row(src, i, lds);
    float *out = row(dst, i, ldd);
    for (size_t k = 0; k < width / 4; k++) out[k] = out[k] + slopes[i] * (x[k] * 2);
  }
}

/** Adds a row to all rows. width in bytes, a multiple of 16. */
static void normalise_add_row(float *c, size_t ldc, const float *added, uint32_t count, size_t width) {
  for (uint32_t i = 0; i < count; i++) {
    float *out = row(c, i, ldc);
    for (size_t k = 0; k < width / 4; k++) out[k] = out[k] + added[k];
  }
}

/** dst[width] = Σ over rows of src, in double from the first row to the last. width in bytes, a multiple of 16. */
static void normalise_sum_columns_in_order(const float *src, size_t lds, float *dst, uint32_t count, size_t width) {
  for (size_t k = 0; k < width / 4; k += 4) {
    f64x4 sum = {0, 0, 0, 0};
    for (uint32_t i = 0; i < count; i++)
      sum = sum + __builtin_convertvector(*(const f32x4 *)(row(src, i, lds) + k), f64x4);
    *(f32x4 *)(dst + k) = __builtin_convertvector(sum, f32x4);
  }
}

/** dst[width, count] = srcᵀ; count and width in floats. */
static void normalise_transpose(const float *src, size_t lds, float *dst, size_t ldd, uint32_t count, uint32_t width) {
  for (uint32_t k = 0; k < width; k++)
    for (uint32_t i = 0; i < count; i++) row(dst, k, ldd)[i] = row(src, i, lds)[k];
}
