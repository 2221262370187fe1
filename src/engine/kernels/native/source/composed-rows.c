// Rows of a table that are made of rows of another: an own row plus the mean of some parts, and the way back; the twin of
// ../../assembly/lib/composed-rows.ts.
#include "vector.h"

/** out = base + out / count; without parts, base alone, −0 becoming 0 as in any sum here. */
INLINE void add_mean(const float *base, float *out, size_t floats, uint32_t count) {
  const double n = (double)count;
  const f64x4 by = {n, n, n, n};
  for (size_t k = 0; k < floats; k += 4) {
    const f32x4 own = splat4(0) + *(const f32x4 *)(base + k);
    f32x4 *const to = (f32x4 *)(out + k);
    if (count == 0) *to = own;
    else *to = __builtin_convertvector(__builtin_convertvector(own, f64x4) + __builtin_convertvector(*to, f64x4) / by, f32x4);
  }
}

/**
 * table[ids] = from[own] + Σ from[parts] / their number, the sum in float32, the rest in double and rounded once.
 *   own     u32 [table's rows]
 *   starts  u32 [table's rows + 1]: where each row's parts begin in `parts` (u32)
 * width in bytes, a multiple of 16.
 */
static void composed_rows_compose(float *table, const float *from, size_t width, const uint32_t *ids, uint32_t count,
                                  const uint32_t *own, const uint32_t *starts, const uint32_t *parts) {
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t id = ids[i], begin = starts[id], end = starts[id + 1];
    float *out = row(table, id, width);
    sum_of_rows(from, width, parts + begin, out, end - begin, width, 0);
    add_mean(row(from, own[id], width), out, width / 4, end - begin);
  }
}

/**
 * The gradients of composed rows, [count, width], as those of their own rows, out[i], and of each of their parts,
 * out[half + i]: divided by how many there are, zeros where there is none.
 */
static void composed_rows_share(const float *gradients, size_t width, const uint32_t *ids, uint32_t count,
                                const uint32_t *starts, float *out, uint32_t half) {
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t parts = starts[ids[i] + 1] - starts[ids[i]];
    const float *g = row(gradients, i, width);
    float *each = row(out, (size_t)half + i, width);
    memcpy(row(out, i, width), g, width);
    if (parts == 0) {
      memset(each, 0, width);
      continue;
    }
    const vector by = splat((float)parts);
#define DIVIDE(lanes) store(each + k, load(g + k, lanes) / by, lanes)
    EACH_VECTOR(width / 4, k, DIVIDE);
#undef DIVIDE
  }
}
