// Matrix products, and the packing that they need; the twin of ../../assembly/lib/gemm.ts. Letters: M rows and N columns of
// the result, K summed over. Each element is summed over k in order, as there: only its neighbours share a register.
#include "vector.h"

/** Rows of a block of k: the panels of b and the rows of a that meet them stay in the nearer caches. */
#define BLOCK 256
/** Columns of a panel. N is a multiple of 8: the last panel has 8 columns where there are no 16. */
#define PANEL 16
#define MOST_ROWS 6

/**
 * Defines NAME(rows, …): a few rows of a by PANELS panels of WIDTH columns of b, which lie `panel` floats apart, in
 * rows · PANELS · WIDTH sums that stay in registers. `rows` is a constant where it is inlined.
 */
#define DEFINE_TILE(NAME, TYPE, SPLAT, MADD, WIDTH, PANELS)                                                      \
  INLINE void NAME(const int rows, const float *a, size_t lda, const float *b, size_t panel, float *c,           \
                   size_t ldc, const float *init, size_t ldi, uint32_t K) {                                      \
    enum { EACH = WIDTH * 4 / sizeof(TYPE), COUNT = EACH * PANELS, STEP = sizeof(TYPE) / 4 };                    \
    TYPE sum[MOST_ROWS][COUNT];                                                                                  \
    for (int r = 0; r < rows; r++)                                                                               \
      for (int v = 0; v < COUNT; v++) sum[r][v] = *(const TYPE *)(row(init, r, ldi) + v * STEP);                 \
    for (uint32_t k = 0; k < K; k++) {                                                                           \
      TYPE right[COUNT];                                                                                         \
      for (int v = 0; v < COUNT; v++)                                                                            \
        right[v] = *(const TYPE *)(b + (v / EACH) * panel + (size_t)k * WIDTH + (v % EACH) * STEP);              \
      for (int r = 0; r < rows; r++) {                                                                           \
        const TYPE left = SPLAT(row(a, r, lda)[k]);                                                              \
        for (int v = 0; v < COUNT; v++) sum[r][v] = MADD(left, right[v], sum[r][v]);                             \
      }                                                                                                          \
    }                                                                                                            \
    for (int r = 0; r < rows; r++)                                                                               \
      for (int v = 0; v < COUNT; v++) *(TYPE *)(row(c, r, ldc) + v * STEP) = sum[r][v];                          \
  }

DEFINE_TILE(tile_two, vector, splat, madd, 16, 2)
DEFINE_TILE(tile_one, vector, splat, madd, 16, 1)
#if LANES == 4
DEFINE_TILE(tile_half, f32x4, splat4, madd4, 8, 1)
#else
DEFINE_TILE(tile_half, f32x8, splat8, madd8, 8, 1)
#endif

/** Defines NAME: all M rows, as evenly as they go into blocks of at most MOST_ROWS. */
#define DEFINE_ROWS(NAME, TILE)                                                                                  \
  static void NAME(const float *a, size_t lda, const float *b, size_t panel, float *c, size_t ldc,               \
                   const float *init, size_t ldi, uint32_t M, uint32_t K) {                                      \
    for (uint32_t blocks = (M + MOST_ROWS - 1) / MOST_ROWS; blocks > 0; blocks--) {                              \
      const uint32_t rows = (M + blocks - 1) / blocks;                                                           \
      switch (rows) {                                                                                            \
        case 6: TILE(6, a, lda, b, panel, c, ldc, init, ldi, K); break;                                          \
        case 5: TILE(5, a, lda, b, panel, c, ldc, init, ldi, K); break;                                          \
        case 4: TILE(4, a, lda, b, panel, c, ldc, init, ldi, K); break;                                          \
        case 3: TILE(3, a, lda, b, panel, c, ldc, init, ldi, K); break;                                          \
        case 2: TILE(2, a, lda, b, panel, c, ldc, init, ldi, K); break;                                          \
        default: TILE(1, a, lda, b, panel, c, ldc, init, ldi, K);                                                \
      }                                                                                                          \
      a = row(a, rows, lda); c = row(c, rows, ldc); init = row(init, rows, ldi);                                 \
      M -= rows;                                                                                                 \
    }                                                                                                            \
  }

// Two panels at once where two vectors are two panels; else one panel is two or four vectors already.
#if LANES == 16
DEFINE_ROWS(rows_two, tile_two)
#endif
DEFINE_ROWS(rows_one, tile_one)
DEFINE_ROWS(rows_half, tile_half)

/** rows(…) of some panels of b, k block by block. */
#define BLOCKS(ROWS, WIDTH, j)                                                                                   \
  for (uint32_t k = 0; k == 0 || k < K; k += BLOCK) {                                                            \
    const float *from = k ? c + (j) : init + (j);                                                                \
    ROWS(a + k, lda, b + (size_t)(j) * K + (size_t)k * WIDTH, panel, c + (j), ldc, from, k ? ldc : ldi, M,       \
         K - k < BLOCK ? K - k : BLOCK);                                                                         \
  }

/**
 * c[M, N] = init + a[M, K] · b[K, N]. All f32; strides in bytes; N a multiple of 8.
 *   a     row-major
 *   b     in panels of 16 columns, [N / 16][K][16] (see pack), a last one of 8 behind them where N is no multiple of 16
 *   init  what the sums start from: c itself, or one row for all of them (ldi 0), a bias or zeros
 */
static void gemm_gemm(const float *a, size_t lda, const float *b, float *c, size_t ldc, const float *init, size_t ldi,
                      uint32_t M, uint32_t K, uint32_t N) {
  const size_t panel = (size_t)K * PANEL;
  uint32_t j = 0;
#if LANES == 16
  for (; j + 2 * PANEL <= N; j += 2 * PANEL) BLOCKS(rows_two, PANEL, j)
#endif
  for (; j + PANEL <= N; j += PANEL) BLOCKS(rows_one, PANEL, j)
  if (j < N) BLOCKS(rows_half, 8, j)
}

/** Panels of columns from src[K, N], as `gemm` takes them. */
static void gemm_pack(const float *src, size_t lds, float *out, uint32_t K, uint32_t N) {
  for (uint32_t j = 0; j < N; j += PANEL) {
    const size_t bytes = N - j < PANEL ? 32 : 64;
    for (uint32_t k = 0; k < K; k++) {
      if (bytes == 64) memcpy(out, row(src, k, lds) + j, 64);
      else memcpy(out, row(src, k, lds) + j, 32);
      out += bytes / 4;
    }
  }
}

/** The panels of the transposed matrix, from src[N, K]. */
static void gemm_pack_transposed(const float *src, size_t lds, float *out, uint32_t K, uint32_t N) {
  for (uint32_t j = 0; j < N; j += PANEL) {
    const uint32_t width = N - j < PANEL ? 8 : PANEL;
    for (uint32_t k = 0; k < K; k++)
      for (uint32_t i = 0; i < width; i++) *out++ = row(src, j + i, lds)[k];
  }
}

/** Tokens taken at once: both operands' blocks stay in the nearer caches. */
#define TOKENS 128
#define NO_ROW 0xffffffffu

/** out[M, TOKENS] from the tokens' rows. */
static void transpose(const float *a, size_t lda, const uint32_t *index, float *out, uint32_t first, uint32_t count,
                      uint32_t M, const float *zeros) {
  for (uint32_t k = 0; k < count; k += 4) {
    const float *from[4];
    for (uint32_t i = 0; i < 4; i++) {
      const uint32_t token = first + k + i;
      const int none = k + i >= count || (index && index[token] == NO_ROW);
      from[i] = none ? zeros : row(a, index ? index[token] : token, lda);
    }
    for (uint32_t m = 0; m < M; m += 4) {
      float *to = out + (size_t)m * TOKENS + k;
      const f32x4 x0 = *(const f32x4 *)(from[0] + m), x1 = *(const f32x4 *)(from[1] + m);
      const f32x4 x2 = *(const f32x4 *)(from[2] + m), x3 = *(const f32x4 *)(from[3] + m);
      for (int i = 0; i < 4; i++) *(f32x4 *)(to + i * TOKENS) = (f32x4){x0[i], x1[i], x2[i], x3[i]};
    }
  }
}

/**
 * c[M, N] = aᵀ[M, tokens] · b[tokens, N] (the gradient of a weight). M a multiple of 4, N of 8.
 *   a      rows of M floats; with `index` (u32 [tokens]) token k takes row index[k], or zeros for 2³² − 1
 *   work   scratch of (M + N) · 512 bytes
 *   zeros  f32 [N]
 */
static void gemm_gemm_transposed(const float *a, size_t lda, const uint32_t *index, const float *b, size_t ldb, float *c,
                                 size_t ldc, uint32_t tokens, uint32_t M, uint32_t N, const float *zeros, float *work) {
  float *panels = work + (size_t)M * TOKENS;
  for (uint32_t k = 0; k < tokens; k += TOKENS) {
    const uint32_t count = tokens - k < TOKENS ? tokens - k : TOKENS;
    transpose(a, lda, index, work, k, count, M, zeros);
    gemm_pack(row(b, k, ldb), ldb, panels, count, N);
    gemm_gemm(work, TOKENS * 4, panels, c, ldc, k ? c : zeros, k ? ldc : 0, M, count, N);
  }
  if (tokens == 0)
    for (uint32_t i = 0; i < M; i++) memset(row(c, i, ldc), 0, (size_t)N * 4);
}
