// Matrix products, and the packing that they need; the twin of ../../assembly/lib/gemm.ts. Letters: M rows and N columns of
// the result, K summed over. Each element is summed over k in order, as there: only its neighbours share a register.
#include "vector.h"

/** Rows of a block of k: the panels of b and the rows of a that meet them stay in the nearer caches. */
#define BLOCK 256
/** Rows of a that meet all panels of b in turn, in whole tiles. */
#define ROWS_BLOCK 60
/** Columns of a panel. N is a multiple of 8: the last panel has 8 columns where there are no 16. */
#define PANEL 16
/** Rows of a tile. More leave fewer loads to each fused operation; where none is fused, the additions take longer anyway. */
#if LANES == 16 && defined(FUSED)
#define MOST_ROWS 10
#else
#define MOST_ROWS 6
#endif

/**
 * Defines NAME(rows, …): a few rows of a by PANELS panels of WIDTH columns of b, which lie `panel` floats apart, in
 * rows · PANELS · WIDTH sums that stay in registers. `rows` and `ka`, the floats from one k of a to the next, are
 * constants where it is inlined.
 */
#define DEFINE_TILE(NAME, TYPE, SPLAT, MADD, WIDTH, PANELS)                                                      \
  INLINE void NAME(const int rows, const float *a, size_t lda, const size_t ka, const float *b, size_t panel,    \
                   float *c, size_t ldc, const float *init, size_t ldi, uint32_t K) {                            \
    enum { EACH = WIDTH * 4 / sizeof(TYPE), COUNT = EACH * PANELS, STEP = sizeof(TYPE) / 4 };                    \
    TYPE sum[MOST_ROWS][COUNT];                                                                                  \
    for (int r = 0; r < rows; r++)                                                                               \
      for (int v = 0; v < COUNT; v++) sum[r][v] = *(const TYPE *)(row(init, r, ldi) + v * STEP);                 \
    for (uint32_t k = 0; k < K; k++) {                                                                           \
      TYPE right[COUNT];                                                                                         \
      for (int v = 0; v < COUNT; v++)                                                                            \
        right[v] = *(const TYPE *)(b + (v / EACH) * panel + (size_t)k * WIDTH + (v % EACH) * STEP);              \
      for (int r = 0; r < rows; r++) {                                                                           \
        const TYPE left = SPLAT(row(a, r, lda)[k * ka]);                                                         \
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

#define ROWS_PARAMETERS                                                                                          \
  const float *a, size_t lda, const float *b, size_t panel, float *c, size_t ldc, const float *init, size_t ldi, \
      uint32_t M, uint32_t K
#define TILE_OF(TILE, ROWS, KA) TILE(ROWS, a, lda, KA, b, panel, c, ldc, init, ldi, K)

#if MOST_ROWS == 10
#define TILES_OF_MORE_THAN_SIX(TILE, KA)                                                                         \
  case 10: TILE_OF(TILE, 10, KA); break;                                                                         \
  case 9: TILE_OF(TILE, 9, KA); break;                                                                           \
  case 8: TILE_OF(TILE, 8, KA); break;                                                                           \
  case 7: TILE_OF(TILE, 7, KA); break;
#else
#define TILES_OF_MORE_THAN_SIX(TILE, KA)
#endif

/** Defines NAME: all M rows, as evenly as they go into tiles of at most MOST_ROWS. KA: as in a tile. */
#define DEFINE_ROWS(NAME, TILE, KA)                                                                              \
  static void NAME(ROWS_PARAMETERS) {                                                                            \
    for (uint32_t tiles = (M + MOST_ROWS - 1) / MOST_ROWS; tiles > 0; tiles--) {                                 \
      const uint32_t rows = (M + tiles - 1) / tiles;                                                             \
      switch (rows) {                                                                                            \
        TILES_OF_MORE_THAN_SIX(TILE, KA)                                                                         \
        case 6: TILE_OF(TILE, 6, KA); break;                                                                     \
        case 5: TILE_OF(TILE, 5, KA); break;                                                                     \
        case 4: TILE_OF(TILE, 4, KA); break;                                                                     \
        case 3: TILE_OF(TILE, 3, KA); break;                                                                     \
        case 2: TILE_OF(TILE, 2, KA); break;                                                                     \
        default: TILE_OF(TILE, 1, KA);                                                                           \
      }                                                                                                          \
      a = row(a, rows, lda); c = row(c, rows, ldc); init = row(init, rows, ldi);                                 \
      M -= rows;                                                                                                 \
    }                                                                                                            \
  }

// Two panels at once where two vectors are two panels; else one panel is two or four vectors already.
#if LANES == 16
#define WIDE 2
#define rows_wide rows_two
#define transposed_wide transposed_two
DEFINE_ROWS(rows_two, tile_two, 1)
DEFINE_ROWS(transposed_two, tile_two, PANEL)
#else
#define WIDE 1
#define rows_wide rows_one
#define transposed_wide transposed_one
#endif
DEFINE_ROWS(rows_one, tile_one, 1)
DEFINE_ROWS(rows_half, tile_half, 1)
DEFINE_ROWS(transposed_one, tile_one, PANEL)
DEFINE_ROWS(transposed_half, tile_half, PANEL)

// One to three rows take more panels at once: an addition needs as many others beside it as it has cycles. By rows, how
// many panels.
#if LANES == 16
#define FEW_1 8
#define FEW_2 4
#define FEW_3 4
#elif LANES == 8
#define FEW_1 4
#define FEW_2 2
#define FEW_3 1
#else
#define FEW_1 2
#define FEW_2 1
#define FEW_3 1
#endif
DEFINE_TILE(tile_few_1, vector, splat, madd, 16, FEW_1)
DEFINE_TILE(tile_few_2, vector, splat, madd, 16, FEW_2)
DEFINE_TILE(tile_few_3, vector, splat, madd, 16, FEW_3)
#define DEFINE_FEW(NAME, TILE, ROWS) \
  static void NAME(ROWS_PARAMETERS) { TILE_OF(TILE, ROWS, 1); (void)M; }
DEFINE_FEW(few_1, tile_few_1, 1)
DEFINE_FEW(few_2, tile_few_2, 2)
DEFINE_FEW(few_3, tile_few_3, 3)

/** rows(…) of the next PANELS panels of b while there are as many, k block by block. */
#define BLOCKS(ROWS, WIDTH, PANELS)                                                                              \
  for (; j + (PANELS) * (WIDTH) <= N; j += (PANELS) * (WIDTH))                                                   \
    for (uint32_t k = 0; k == 0 || k < K; k += BLOCK) {                                                          \
      const float *from = k ? c + j : init + j;                                                                  \
      ROWS(a + k, lda, b + (size_t)j * K + (size_t)k * (WIDTH), panel, c + j, ldc, from, k ? ldc : ldi, M,       \
           K - k < BLOCK ? K - k : BLOCK);                                                                       \
    }

static void rows_block(const float *a, size_t lda, const float *b, float *c, size_t ldc, const float *init, size_t ldi,
                       uint32_t M, uint32_t K, uint32_t N) {
  const size_t panel = (size_t)K * PANEL;
  uint32_t j = 0;
  if (M == 1) BLOCKS(few_1, PANEL, FEW_1)
  else if (M == 2) BLOCKS(few_2, PANEL, FEW_2)
  else if (M == 3) BLOCKS(few_3, PANEL, FEW_3)
  BLOCKS(rows_wide, PANEL, WIDE)
  BLOCKS(rows_one, PANEL, 1)
  BLOCKS(rows_half, 8, 1)
}

/**
 * c[M, N] = init + a[M, K] · b[K, N]. All f32; strides in bytes; N a multiple of 8.
 *   a     row-major
 *   b     in panels of 16 columns, [N / 16][K][16] (see pack), a last one of 8 behind them where N is no multiple of 16
 *   init  what the sums start from: c itself, or one row for all of them (ldi 0), a bias or zeros
 */
static void gemm_gemm(const float *a, size_t lda, const float *b, float *c, size_t ldc, const float *init, size_t ldi,
                      uint32_t M, uint32_t K, uint32_t N) {
  for (uint32_t m = 0; m < M; m += ROWS_BLOCK)
    rows_block(row(a, m, lda), lda, b, row(c, m, ldc), ldc, row(init, m, ldi), ldi,
               M - m < ROWS_BLOCK ? M - m : ROWS_BLOCK, K, N);
}

/** Rows that are packed panel by panel: consecutive writes, and rows of few pages at a time. */
#define PACKED_ROWS 16

/** Panels of columns from src[K, N], as `gemm` takes them. */
static void gemm_pack(const float *src, size_t lds, float *out, uint32_t K, uint32_t N) {
  for (uint32_t first = 0; first < K; first += PACKED_ROWS) {
    const uint32_t end = K - first < PACKED_ROWS ? K : first + PACKED_ROWS;
    for (uint32_t j = 0; j < N; j += PANEL) {
      float *panel = out + (size_t)j * K;
      if (N - j < PANEL) for (uint32_t k = first; k < end; k++) memcpy(panel + (size_t)k * 8, row(src, k, lds) + j, 32);
      else for (uint32_t k = first; k < end; k++) memcpy(panel + (size_t)k * PANEL, row(src, k, lds) + j, 64);
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

/** Panels of 16 units of a[tokens, M], TOKENS rows each, as `transposed_…` take their rows: [M / 16][TOKENS][16]. */
static void pack_units(const float *a, size_t lda, const uint32_t *index, float *out, uint32_t first, uint32_t count,
                       uint32_t M, const float *zeros) {
  for (uint32_t k = 0; k < count; k++) {
    const uint32_t token = index ? index[first + k] : first + k;
    const float *from = token == NO_ROW ? zeros : row(a, token, lda);
    float *to = out + (size_t)k * PANEL;
    uint32_t m = 0;
    for (; m + PANEL <= M; m += PANEL) memcpy(to + (size_t)m * TOKENS, from + m, 64);
    if (m < M) memcpy(to + (size_t)m * TOKENS, from + m, (M - m) * 4);
  }
}

/**
 * c[M, N] = aᵀ[M, tokens] · b[tokens, N] (the gradient of a weight). M a multiple of 4, N of 8.
 *   a      rows of M floats; with `index` (u32 [tokens]) token k takes row index[k], or zeros for 2³² − 1
 *   work   scratch of (M + 16 + N) · 512 + M · N · 4 bytes
 *   zeros  f32 [M] and [N]
 * The sums of a tile lie together in `work` until the last tokens: rows of c lie too far apart for the nearer caches.
 */
static void gemm_gemm_transposed(const float *a, size_t lda, const uint32_t *index, const float *b, size_t ldb, float *c,
                                 size_t ldc, uint32_t tokens, uint32_t M, uint32_t N, const float *zeros, float *work) {
  float *panels = work + (size_t)((M + PANEL - 1) / PANEL) * PANEL * TOKENS, *sums = panels + (size_t)N * TOKENS;
  for (uint32_t k = 0; k < tokens; k += TOKENS) {
    const int last = tokens - k <= TOKENS;
    const uint32_t count = last ? tokens - k : TOKENS;
    const size_t panel = (size_t)count * PANEL;
    pack_units(a, lda, index, work, k, count, M, zeros);
    gemm_pack(row(b, k, ldb), ldb, panels, count, N);
#define UNITS(ROWS, PANELS, WIDTH)                                                                               \
  for (; j + (PANELS) * (WIDTH) <= N; j += (PANELS) * (WIDTH))                                                   \
    for (uint32_t m = 0; m < M; m += PANEL) {                                                                    \
      const size_t lds = (PANELS) * (WIDTH) * 4;                                                                 \
      float *sum = row(sums + (size_t)j * M, m, lds);                                                            \
      ROWS(work + (size_t)m * TOKENS, 4, panels + (size_t)j * count, panel, last ? row(c, m, ldc) + j : sum,     \
           last ? ldc : lds, k ? sum : zeros, k ? lds : 0, M - m < PANEL ? M - m : PANEL, count);                \
    }
    uint32_t j = 0;
    UNITS(transposed_wide, WIDE, PANEL)
    UNITS(transposed_one, 1, PANEL)
    UNITS(transposed_half, 1, 8)
#undef UNITS
  }
  if (tokens == 0)
    for (uint32_t i = 0; i < M; i++) memset(row(c, i, ldc), 0, (size_t)N * 4);
}
