// Skip-gram with negative sampling; the twin of ../../assembly/lib/skip-gram.ts, which explains it. Nothing is fused.
#include "abi.generated.h"
#include "vector.h"

/** Rows are multiples of 16 floats, which are this many vectors. */
#define PIECES (16 / LANES)

/** a·b in 16 sums, added in a fixed order; the stride in bytes is a multiple of 64. */
INLINE float dot16(const float *a, const float *b, size_t stride) {
  vector sums[PIECES];
  for (int v = 0; v < PIECES; v++) sums[v] = splat(0);
  for (size_t k = 0; k < stride / 4; k += 16)
    for (int v = 0; v < PIECES; v++)
      sums[v] = sums[v] + load(a + k + v * LANES, LANES) * load(b + k + v * LANES, LANES);
  f32x4 s[4];
  memcpy(s, sums, 64);
  const f32x4 all = (s[0] + s[1]) + (s[2] + s[3]);
  return (all[0] + all[1]) + (all[2] + all[3]);
}

/** Some vectors of columns of `combine`: their sums stay in registers. */
INLINE void combine_columns(float *out, const float *g, size_t step, const float *rows, const uint32_t *ids,
                            uint32_t count, size_t stride, const int vectors) {
  vector sum[4 * PIECES];
  for (int v = 0; v < vectors; v++) sum[v] = splat(0);
  for (uint32_t i = 0; i < count; i++) {
    const vector weight = splat(g[i * step]);
    const float *from = row(rows, ids[i], stride);
    for (int v = 0; v < vectors; v++) sum[v] = sum[v] + weight * load(from + v * LANES, LANES);
  }
  for (int v = 0; v < vectors; v++) store(out + v * LANES, sum[v], LANES);
}

/** out = Σ g[i · step]·rows[ids[i]], i < count; g's step in floats. */
INLINE void combine(float *out, const float *g, size_t step, const float *rows, const uint32_t *ids, uint32_t count,
                    size_t stride) {
  size_t k = 0;
  for (; k + 64 <= stride / 4; k += 64) combine_columns(out + k, g, step, rows + k, ids, count, stride, 4 * PIECES);
  for (; k < stride / 4; k += 16) combine_columns(out + k, g, step, rows + k, ids, count, stride, PIECES);
}

/** Vectors lie all over the tables: they are asked for before they are needed. */
INLINE void fetch_rows(const float *rows, const uint32_t *ids, uint32_t count, size_t stride) {
  for (uint32_t i = 0; i < count; i++)
    for (size_t k = 0; k < stride; k += 64) __builtin_prefetch((const char *)row(rows, ids[i], stride) + k);
}

/** Entries of a list whose vectors are asked for ahead. */
#define AHEAD 6

INLINE uint32_t table_place(float x) {
  const float place = (x + SIGMOID_LIMIT) * (SIGMOID_LENGTH / (2 * SIGMOID_LIMIT));
  return place >= SIGMOID_LENGTH - 1 ? SIGMOID_LENGTH - 1 : place > 0 ? (uint32_t)place : 0;
}

/**
 * The steps of some words against their windows, times the rate; and their loss −log σ(c·w) − Σ log σ(−n·w).
 * ../../assembly/lib/skip-gram.ts has the shapes.
 */
static void skip_gram_gradients(const float *words, const float *contexts, size_t stride, const uint32_t *groups,
                                uint32_t count, uint32_t negatives, const uint32_t *inputs, uint32_t first_target,
                                float *word_steps, float *target_steps, float rate, const float *sigmoid,
                                const float *logs, double *loss, float *g) {
  double sum = 0;
  const uint32_t targets = 1 + negatives;
  for (uint32_t group = 0; group < count; group++, groups += 2 + targets) {
    const uint32_t size = groups[0], first = groups[1], *ids = groups + 2, *window = inputs + first;
    if (group == 0) {
      fetch_rows(contexts, ids, targets, stride);
      fetch_rows(words, window, size, stride);
    }
    if (group + 1 < count) {
      const uint32_t *next = ids + targets;
      fetch_rows(contexts, next + 2, targets, stride);
      fetch_rows(words, inputs + next[1], next[0], stride);
    }
    for (uint32_t i = 0; i < size; i++) {
      const float *input = row(words, window[i], stride);
      for (uint32_t j = 0; j < targets; j++) {
        float step = 0;
        if (j == 0 || ids[j] != ids[0]) {
          const float score = dot16(input, row(contexts, ids[j], stride), stride);
          step = ((j == 0 ? 1.0f : 0.0f) - sigmoid[table_place(score)]) * rate;
          sum += (double)logs[table_place(j == 0 ? score : -score)];
        }
        g[(size_t)i * targets + j] = step;
      }
    }
    for (uint32_t i = 0; i < size; i++)
      combine(row(word_steps, first + i, stride), g + (size_t)i * targets, 1, contexts, ids, targets, stride);
    for (uint32_t j = 0; j < targets; j++)
      combine(row(target_steps, (size_t)first_target + (size_t)group * targets + j, stride), g + j, targets, words,
              window, size, stride);
  }
  *loss = sum;
}

/** table[id] += steps[place], for each of the pairs (id, place) in `list`, in its order. */
static void skip_gram_apply(float *table, size_t stride, const uint32_t *list, uint32_t count, const float *steps) {
  for (uint32_t i = 0; i < count; i++, list += 2) {
    float *to = row(table, list[0], stride);
    const float *from = row(steps, list[1], stride);
    if (i + AHEAD < count) {
      fetch_rows(table, list + 2 * AHEAD, 1, stride);
      fetch_rows(steps, list + 2 * AHEAD + 1, 1, stride);
    }
    for (size_t k = 0; k < stride / 4; k += LANES) store(to + k, load(to + k, LANES) + load(from + k, LANES), LANES);
  }
}
