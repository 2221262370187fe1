// Vectors of floats as wide as the registers that the compiler was told of (AVX-512, AVX2 or NEON), and the operations on
// them whose rounding the kernels depend on. A sum is never split over lanes here: kernels do that where the
// AssemblyScript does, with four lanes.
#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
#elif defined(__aarch64__)
#include <arm_neon.h>
#define LANES 4
#else
#error "the kernels are written for AVX2 with FMA, AVX-512 and NEON"
#endif

#define INLINE static inline __attribute__((always_inline, unused))
#define FLOATS(lanes) __attribute__((vector_size(lanes * 4), aligned(4), may_alias))

typedef float f32x4 FLOATS(4);
typedef float f32x8 FLOATS(8);
typedef float vector FLOATS(LANES);
typedef int32_t ints FLOATS(LANES);
typedef uint32_t words FLOATS(LANES);
typedef double f64x4 __attribute__((vector_size(32), aligned(8), may_alias));

/** The same value in all lanes. */
INLINE f32x4 splat4(float x) { return (f32x4){x, x, x, x}; }
INLINE f32x8 splat8(float x) { return (f32x8){x, x, x, x, x, x, x, x}; }
#if LANES == 16
INLINE vector splat(float x) { return (vector)_mm512_set1_ps(x); }
INLINE ints splat_int(int32_t x) { return (ints)_mm512_set1_epi32(x); }
#elif LANES == 8
INLINE vector splat(float x) { return (vector)_mm256_set1_ps(x); }
INLINE ints splat_int(int32_t x) { return (ints)_mm256_set1_epi32(x); }
#else
INLINE vector splat(float x) { return splat4(x); }
INLINE ints splat_int(int32_t x) { return (ints){x, x, x, x}; }
#endif

/** s·b + c: rounded twice in the exact kernels, once in the fast ones, as in ../../assembly/lib/multiply-add.*.ts. */
#if !defined(FUSED)
INLINE f32x4 madd4(f32x4 s, f32x4 b, f32x4 c) { return c + s * b; }
INLINE f32x8 madd8(f32x8 s, f32x8 b, f32x8 c) { return c + s * b; }
INLINE vector madd(vector s, vector b, vector c) { return c + s * b; }
#elif defined(__aarch64__)
INLINE f32x4 madd4(f32x4 s, f32x4 b, f32x4 c) {
  return (f32x4)vfmaq_f32((float32x4_t)c, (float32x4_t)s, (float32x4_t)b);
}
INLINE vector madd(vector s, vector b, vector c) { return madd4(s, b, c); }
INLINE f32x8 madd8(f32x8 s, f32x8 b, f32x8 c) {
  f32x4 sums[2], left[2], right[2];
  memcpy(left, &s, 32); memcpy(right, &b, 32); memcpy(sums, &c, 32);
  for (int i = 0; i < 2; i++) sums[i] = madd4(left[i], right[i], sums[i]);
  memcpy(&c, sums, 32);
  return c;
}
#else
INLINE f32x4 madd4(f32x4 s, f32x4 b, f32x4 c) { return (f32x4)_mm_fmadd_ps((__m128)s, (__m128)b, (__m128)c); }
INLINE f32x8 madd8(f32x8 s, f32x8 b, f32x8 c) {
  return (f32x8)_mm256_fmadd_ps((__m256)s, (__m256)b, (__m256)c);
}
#if LANES == 16
INLINE vector madd(vector s, vector b, vector c) {
  return (vector)_mm512_fmadd_ps((__m512)s, (__m512)b, (__m512)c);
}
#else
INLINE vector madd(vector s, vector b, vector c) { return madd8(s, b, c); }
#endif
#endif

#if LANES == 16
INLINE vector square_root(vector x) { return (vector)_mm512_sqrt_ps((__m512)x); }
#elif LANES == 8
INLINE vector square_root(vector x) { return (vector)_mm256_sqrt_ps((__m256)x); }
#else
INLINE vector square_root(vector x) { return (vector)vsqrtq_f32((float32x4_t)x); }
#endif

/** a where the mask's lanes are −1, b where they are 0. */
INLINE vector choose(ints mask, vector a, vector b) { return (vector)(((ints)a & mask) | ((ints)b & ~mask)); }
/** WebAssembly's pmin and pmax: the first operand where either is NaN. */
INLINE vector least(vector a, vector b) { return choose((ints)(b < a), b, a); }
INLINE vector greatest(vector a, vector b) { return choose((ints)(a < b), b, a); }
/** WebAssembly's max: NaN where either is NaN, and +0 above −0. */
INLINE vector maximum(vector a, vector b) {
  const vector equal = (vector)((ints)a & (ints)b), unordered = a + b;
  return choose((ints)(a > b), a, choose((ints)(b > a), b, choose((ints)(a == b), equal, unordered)));
}

/** `count` floats, LANES or fewer, the other lanes 0; a constant where it is inlined. */
INLINE vector load(const void *from, const size_t count) {
  if (count == LANES) return *(const vector *)from;
  vector x = splat(0);
  memcpy(&x, from, count * 4);
  return x;
}
INLINE void store(void *to, vector x, const size_t count) {
  if (count == LANES) *(vector *)to = x;
  else memcpy(to, &x, count * 4);
}

/**
 * Calls function(…, k, count) for every vector of a row of `floats` floats, k being its first. Rows are multiples of
 * four floats, most of them of eight; what is left beyond whole vectors is taken by eight and four.
 */
#define EACH_VECTOR(floats, k, call)                                 \
  do {                                                               \
    size_t k = 0;                                                    \
    for (; k + LANES <= (floats); k += LANES) call(LANES);           \
    for (; LANES > 8 && k + 8 <= (floats); k += 8) call(8);          \
    for (; LANES > 4 && k + 4 <= (floats); k += 4) call(4);          \
  } while (0)

/** The row i of a matrix whose rows are `stride` bytes apart. */
INLINE float *row(const void *base, size_t i, size_t stride) { return (float *)((char *)base + i * stride); }

#endif
