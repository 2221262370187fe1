// The LSTM over the tokens of a chunk; the twin of ../../assembly/lib/lstm.ts. A record is i | f | g | o.
#include "functions.h"
#include "steps.h"

INLINE void lstm_units(float *r, const float *before, float *cell, float *out, size_t H, size_t k, const size_t lanes) {
  float *p = r + k, *q = p + H, *w = q + H, *x = w + H;
  const vector input = sigmoid_of(load(p, lanes)), forget = sigmoid_of(load(q, lanes));
  const vector g = tanh_of(load(w, lanes)), output = sigmoid_of(load(x, lanes));
  const vector c = madd(forget, load(before + k, lanes), input * g);
  store(p, input, lanes); store(q, forget, lanes); store(w, g, lanes); store(x, output, lanes);
  store(cell + k, c, lanes);
  store(out + k, output * tanh_of(c), lanes);
}

static void lstm_gates(float *record, const float *previous, size_t ldp, float *cell, float *out, size_t ldo,
                       uint32_t rows, size_t H) {
  for (uint32_t i = 0; i < rows; i++) {
    float *r = record + (size_t)i * 4 * H, *now = cell + (size_t)i * H, *to = row(out, i, ldo);
    const float *before = row(previous, i, ldp);
#define UNITS(lanes) lstm_units(r, before, now, to, H, k, lanes)
    EACH_VECTOR(H, k, UNITS);
#undef UNITS
  }
}

/**
 *   record    in: input projections with the bias; out: i, f, g, o. Where they need not be kept, one for each row, as in
 *             gru.c, and one cell
 *   products  and places: as in gru.c
 *   y, c      states and cells of this direction, row strides ldy and 4H
 *   u         panels of the recurrent weights
 */
static void lstm_forward(float *record, int keep, const float *products, const uint32_t *places, float *y, size_t ldy,
                         float *c, const float *u, const float *zeros, const uint32_t *starts, uint32_t steps,
                         int reverse, uint32_t H, uint32_t *beat) {
  const size_t ldr = (size_t)H * 16, block = (size_t)H * 4;
  for (uint32_t s = 0; s < steps; s++) {
    const step now = step_of(starts, steps, s, reverse);
    float *r = keep ? row(record, now.at, ldr) : record, *out = row(y, now.at, ldy);
    float *cell = keep ? row(c, now.at, block) : c, *before = keep ? row(c, now.from, block) : c;
    if (products) tokens_gather(r, ldr, products, ldr, places + now.at, now.rows, ldr);
    if (now.known > 0) gemm_gemm(row(y, now.from, ldy), ldy, u, r, ldr, r, ldr, now.known, H, 4 * H);
    lstm_gates(r, before, block, cell, out, ldy, now.known, H);
    lstm_gates(row(r, now.known, ldr), zeros, 0, row(cell, now.known, block), row(out, now.known, ldy), ldy,
               now.rows - now.known, H);
    show_progress(beat);
  }
}

INLINE void lstm_units_backward(float *r, const float *before, const float *cell, const float *d, float *dh, float *dc,
                                size_t H, size_t k, const size_t lanes) {
  const vector one = splat(1);
  float *p = r + k, *q = p + H, *w = q + H, *x = w + H;
  const vector input = load(p, lanes), forget = load(q, lanes), g = load(w, lanes), output = load(x, lanes);
  const vector tanh = tanh_of(load(cell + k, lanes));
  const vector dhk = load(d + k, lanes) + load(dh + k, lanes);
  const vector dck = madd(dhk * output, one - tanh * tanh, load(dc + k, lanes));
  store(p, (dck * g) * (input * (one - input)), lanes);
  store(q, (dck * load(before + k, lanes)) * (forget * (one - forget)), lanes);
  store(w, (dck * input) * (one - g * g), lanes);
  store(x, (dhk * tanh) * (output * (one - output)), lanes);
  store(dc + k, dck * forget, lanes);
}

static void lstm_gates_backward(float *record, const float *previous, size_t ldp, const float *cell, const float *dy,
                                size_t ldd, float *dh, float *dc, uint32_t rows, size_t H) {
  for (uint32_t i = 0; i < rows; i++) {
    const size_t at = (size_t)i * H;
    float *r = record + 4 * at;
    const float *before = row(previous, i, ldp), *d = row(dy, i, ldd);
#define UNITS(lanes) lstm_units_backward(r, before, cell + at, d, dh + at, dc + at, H, k, lanes)
    EACH_VECTOR(H, k, UNITS);
#undef UNITS
  }
}

/**
 *   record  in: i, f, g, o; out: the gradients of their pre-activations
 *   ut      panels of the transposed recurrent weights
 *   dh, dc  scratch f32 [rows, H] each
 */
static void lstm_backward(float *record, const float *c, const float *ut, const float *dy, size_t ldd,
                          const float *zeros, const uint32_t *starts, uint32_t steps, int reverse, uint32_t H, float *dh,
                          float *dc, uint32_t *beat) {
  const size_t ldr = (size_t)H * 16, block = (size_t)H * 4, all = (starts[1] - starts[0]) * block;
  memset(dh, 0, all);
  memset(dc, 0, all);
  for (uint32_t s = steps; s-- > 0;) {
    const step now = step_of(starts, steps, s, reverse);
    float *r = row(record, now.at, ldr);
    const float *d = row(dy, now.at, ldd), *cell = row(c, now.at, block);
    lstm_gates_backward(r, row(c, now.from, block), block, cell, d, ldd, dh, dc, now.known, H);
    lstm_gates_backward(row(r, now.known, ldr), zeros, 0, row(cell, now.known, block), row(d, now.known, ldd), ldd,
                        row(dh, now.known, block), row(dc, now.known, block), now.rows - now.known, H);
    if (now.known > 0) gemm_gemm(r, ldr, ut, dh, block, zeros, 0, now.known, 4 * H, H);
    show_progress(beat);
  }
}
