// The GRU over the tokens of a chunk; the twin of ../../assembly/lib/gru.ts, which draws the layout of records.
#include "functions.h"
#include "steps.h"

INLINE void gru_units(float *n, const float *h, float *out, size_t H, size_t k, const size_t lanes) {
  float *p = n + k, *q = p + H, *w = q + H, *x = w + H;
  const vector z = sigmoid_of(load(q, lanes)), reset = sigmoid_of(load(w, lanes));
  const vector candidate = tanh_of(madd(reset, load(x, lanes), load(p, lanes)));
  store(p, candidate, lanes); store(q, z, lanes); store(w, reset, lanes);
  store(out + k, madd(z, load(h + k, lanes) - candidate, candidate), lanes);
}

static void gru_gates(float *record, const float *h, size_t ldh, float *out, size_t ldo, uint32_t rows, size_t H) {
  for (uint32_t i = 0; i < rows; i++) {
    float *r = record + (size_t)i * 4 * H, *to = row(out, i, ldo);
    const float *before = row(h, i, ldh);
#define UNITS(lanes) gru_units(r, before, to, H, k, lanes)
    EACH_VECTOR(H, k, UNITS);
#undef UNITS
  }
}

/**
 *   record    in: input projections with both biases of z and r; out: n, z, r, hn. Where they need not be kept, one for
 *             each row, which every step overwrites
 *   products  where the records are still empty, rows of input projections, and `places` (u32 [tokens]) says which row
 *             is each token's; else NULL
 *   y         states of this direction, row stride ldy
 *   u         panels of the recurrent weights, columns z | r | n;  recurrent_bias: the recurrent bias of n, f32 [H]
 *   zeros     f32 [H]
 */
static void gru_forward(float *record, int keep, const float *products, const uint32_t *places, float *y, size_t ldy,
                        const float *u, const float *recurrent_bias, const float *zeros, const uint32_t *starts,
                        uint32_t steps, int reverse, uint32_t H, uint32_t *beat) {
  const size_t ldr = (size_t)H * 16;
  for (uint32_t s = 0; s < steps; s++) {
    const step now = step_of(starts, steps, s, reverse);
    float *r = keep ? row(record, now.at, ldr) : record, *out = row(y, now.at, ldy);
    const float *h = row(y, now.from, ldy);
    if (products) tokens_gather(r, ldr, products, 12 * (size_t)H, places + now.at, now.rows, 12 * (size_t)H);
    if (now.known > 0) {
      gemm_gemm(h, ldy, u, r + H, ldr, r + H, ldr, now.known, H, 2 * H);
      gemm_gemm(h, ldy, u + (size_t)H * 2 * H, r + 3 * (size_t)H, ldr, recurrent_bias, 0, now.known, H, H);
    }
    for (uint32_t i = now.known; i < now.rows; i++) memcpy(row(r, i, ldr) + 3 * (size_t)H, recurrent_bias, (size_t)H * 4);
    gru_gates(r, h, ldy, out, ldy, now.known, H);
    gru_gates(row(r, now.known, ldr), zeros, 0, row(out, now.known, ldy), ldy, now.rows - now.known, H);
    show_progress(beat);
  }
}

INLINE void gru_units_backward(float *r, const float *h, const float *d, float *dh, size_t H, size_t k,
                               const size_t lanes) {
  const vector one = splat(1);
  float *p = r + k, *q = p + H, *w = q + H, *x = w + H;
  const vector n = load(p, lanes), z = load(q, lanes), reset = load(w, lanes), hn = load(x, lanes);
  const vector g = load(d + k, lanes) + load(dh + k, lanes);
  const vector dn = (g * (one - z)) * (one - n * n);
  store(p, dn, lanes);
  store(q, (g * (load(h + k, lanes) - n)) * (z * (one - z)), lanes);
  store(w, (dn * hn) * (reset * (one - reset)), lanes);
  store(x, dn * reset, lanes);
  store(dh + k, g * z, lanes);
}

static void gru_gates_backward(float *record, const float *h, size_t ldh, const float *dy, size_t ldd, float *dh,
                               uint32_t rows, size_t H) {
  for (uint32_t i = 0; i < rows; i++) {
    float *r = record + (size_t)i * 4 * H, *carried = dh + (size_t)i * H;
    const float *before = row(h, i, ldh), *d = row(dy, i, ldd);
#define UNITS(lanes) gru_units_backward(r, before, d, carried, H, k, lanes)
    EACH_VECTOR(H, k, UNITS);
#undef UNITS
  }
}

/**
 *   record  in: n, z, r, hn; out: the gradients of the pre-activations xn | z | r | hn
 *   ut      panels of the transposed recurrent weights, rows z | r | n
 *   dy      gradient of the states, row stride ldd
 *   dh      scratch f32 [rows, H]
 */
static void gru_backward(float *record, const float *y, size_t ldy, const float *ut, const float *dy, size_t ldd,
                         const float *zeros, const uint32_t *starts, uint32_t steps, int reverse, uint32_t H, float *dh,
                         uint32_t *beat) {
  const size_t ldr = (size_t)H * 16, block = (size_t)H * 4;
  memset(dh, 0, (starts[1] - starts[0]) * block);
  for (uint32_t s = steps; s-- > 0;) {
    const step now = step_of(starts, steps, s, reverse);
    float *r = row(record, now.at, ldr);
    const float *h = row(y, now.from, ldy), *d = row(dy, now.at, ldd);
    gru_gates_backward(r, h, ldy, d, ldd, dh, now.known, H);
    gru_gates_backward(row(r, now.known, ldr), zeros, 0, row(d, now.known, ldd), ldd, row(dh, now.known, block),
                       now.rows - now.known, H);
    if (now.known > 0) gemm_gemm(r + H, ldr, ut, dh, block, dh, block, now.known, H * 3, H);
    show_progress(beat);
  }
}
