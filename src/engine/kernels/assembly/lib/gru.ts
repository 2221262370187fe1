// The GRU over the tokens of a chunk, forward and backward. B rows, T steps, H padded hidden units.
import { MADD } from './multiply-add';
import { sigmoid4, tanh4 } from './functions';
import { gemm } from './gemm';
import { gather } from './tokens';

// Tokens lie step after step, the rows that still run first. Of three texts of 3, 2 and 1 tokens:
//
//     step         0        1     2
//     token        0 1 2    3 4   5        starts = 0, 3, 5, 6
//     of text      a b c    a b   a
//
// A token's record is four blocks of H floats: n | z | r | h, that is the input projection of the candidate n,
// the update gate z, the reset gate r, and the candidate's recurrent part hn = h·Un + cn. The first three are the
// columns of the input product, the last three those of the recurrent one, so each product is one call.
// z = σ(xz + hz), r = σ(xr + hr), n = tanh(xn + r ∘ hn), h' = n + z ∘ (h − n): cuDNN's and PyTorch's GRU.

/**
 * Step t is tokens starts[t] … starts[t + 1).
 *   record    in: input projections with both biases of z and r; out: n, z, r, hn. Where they need not be kept, one for
 *             each row, which every step overwrites
 *   products  where the records are still empty, rows of input projections, and `places` (u32 [tokens]) says which row
 *             is each token's; else 0
 *   y         states of this direction, row stride ldy
 *   u         panels of the recurrent weights, columns z | r | n;  recurrentBias: the recurrent bias of n, f32 [H]
 *   zeros     f32 [H]
 */
export function forward(
  record: usize, keep: bool, products: usize, places: usize, y: usize, ldy: usize, u: usize, recurrentBias: usize,
  zeros: usize, starts: usize, steps: u32, reverse: bool, H: u32, beat: usize,
): void {
  const block = <usize>H << 2, ldr = block << 2;
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    const at = load<u32>(starts + (<usize>t << 2)), rows = load<u32>(starts + (<usize>t << 2), 4) - at;
    const first = s == 0;
    const from: u32 = first ? 0 : reverse ? at + rows : load<u32>(starts + (<usize>(t - 1) << 2));
    // Running backwards, the rows that end at this step have no state yet.
    const known: u32 = first ? 0 : reverse ? load<u32>(starts + (<usize>t << 2), 8) - from : rows;
    const r = keep ? record + <usize>at * ldr : record, h = y + <usize>from * ldy, out = y + <usize>at * ldy;
    if (products) gather(r, ldr, products, 3 * block, places + (<usize>at << 2), rows, 3 * block);
    if (known > 0) {
      gemm(h, ldy, u, r + block, ldr, r + block, ldr, known, H, H << 1);
      gemm(h, ldy, u + <usize>H * (block << 1), r + 3 * block, ldr, recurrentBias, 0, known, H, H);
    }
    for (let i = known; i < rows; i++) memory.copy(r + <usize>i * ldr + 3 * block, recurrentBias, block);
    gates(r, h, ldy, out, ldy, known, block);
    gates(r + <usize>known * ldr, zeros, 0, out + <usize>known * ldy, ldy, rows - known, block);
    atomic.add<u32>(beat, 1);
  }
}

/** Two vectors at a time, their stores side by side, in whose place V8 puts one of twice the width where it revectorises. */
function gates(r: usize, h: usize, ldh: usize, out: usize, ldo: usize, rows: u32, block: usize): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let k: usize = 0; k < block; k += 32) {
      const p = r + k, q = p + block, w = q + block, x = w + block, before = h + k, to = out + k;
      const z0 = sigmoid4(v128.load(q)), z1 = sigmoid4(v128.load(q, 16));
      const reset0 = sigmoid4(v128.load(w)), reset1 = sigmoid4(v128.load(w, 16));
      const n0 = tanh4(MADD(reset0, v128.load(x), v128.load(p)));
      const n1 = tanh4(MADD(reset1, v128.load(x, 16), v128.load(p, 16)));
      const next0 = MADD(z0, f32x4.sub(v128.load(before), n0), n0);
      const next1 = MADD(z1, f32x4.sub(v128.load(before, 16), n1), n1);
      v128.store(p, n0); v128.store(p, n1, 16);
      v128.store(q, z0); v128.store(q, z1, 16);
      v128.store(w, reset0); v128.store(w, reset1, 16);
      v128.store(to, next0); v128.store(to, next1, 16);
    }
    r += block << 2; h += ldh; out += ldo;
  }
}

/**
 *   record  in: n, z, r, hn; out: the gradients of the pre-activations xn | z | r | hn
 *   ut      panels of the transposed recurrent weights, rows z | r | n
 *   dy      gradient of the states, row stride ldd
 *   dh      scratch f32 [rows, H]
 */
export function backward(
  record: usize, y: usize, ldy: usize, ut: usize, dy: usize, ldd: usize, zeros: usize, starts: usize,
  steps: u32, reverse: bool, H: u32, dh: usize, beat: usize,
): void {
  const block = <usize>H << 2, ldr = block << 2;
  memory.fill(dh, 0, <usize>(load<u32>(starts, 4) - load<u32>(starts)) * block);
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? s : steps - 1 - s;
    const at = load<u32>(starts + (<usize>t << 2)), rows = load<u32>(starts + (<usize>t << 2), 4) - at;
    const last = s == steps - 1;
    const from: u32 = last ? 0 : reverse ? at + rows : load<u32>(starts + (<usize>(t - 1) << 2));
    const known: u32 = last ? 0 : reverse ? load<u32>(starts + (<usize>t << 2), 8) - from : rows;
    const r = record + <usize>at * ldr, h = y + <usize>from * ldy, d = dy + <usize>at * ldd;
    gatesBackward(r, h, ldy, d, ldd, dh, known, block);
    gatesBackward(
      r + <usize>known * ldr, zeros, 0, d + <usize>known * ldd, ldd, dh + <usize>known * block, rows - known, block,
    );
    if (known > 0) gemm(r + block, ldr, ut, dh, block, dh, block, known, H * 3, H);
    atomic.add<u32>(beat, 1);
  }
}

function gatesBackward(
  r: usize, h: usize, ldh: usize, d: usize, ldd: usize, dh: usize, rows: u32, block: usize,
): void {
  const one = f32x4.splat(1);
  for (let i: u32 = 0; i < rows; i++) {
    for (let k: usize = 0; k < block; k += 16) {
      const p = r + k, q = p + block, w = q + block, x = w + block;
      const n = v128.load(p), z = v128.load(q), reset = v128.load(w), hn = v128.load(x);
      const g = f32x4.add(v128.load(d + k), v128.load(dh + k));
      const dn = f32x4.mul(f32x4.mul(g, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
      v128.store(p, dn);
      v128.store(q, f32x4.mul(f32x4.mul(g, f32x4.sub(v128.load(h + k), n)), f32x4.mul(z, f32x4.sub(one, z))));
      v128.store(w, f32x4.mul(f32x4.mul(dn, hn), f32x4.mul(reset, f32x4.sub(one, reset))));
      v128.store(x, f32x4.mul(dn, reset));
      v128.store(dh + k, f32x4.mul(g, z));
    }
    r += block << 2; h += ldh; d += ldd; dh += block;
  }
}
