// The LSTM over the tokens of a chunk, forward and backward. B rows, T steps, H padded hidden units.
import { MADD } from './multiply-add';
import { sigmoid4, tanh4 } from './functions';
import { gemm } from './gemm';
import { gather } from './tokens';

// A token's record is four blocks of H floats: the gates i | f | g | o.
// c' = f ∘ c + i ∘ g, h' = o ∘ tanh(c'). Tokens lie as in gru.ts.

/**
 *   record    in: input projections with the bias; out: i, f, g, o. Where they need not be kept, one for each row, as in
 *             gru.ts, and one cell
 *   products  and places: as in gru.ts
 *   y, c      states and cells of this direction, row strides ldy and 4H
 *   u         panels of the recurrent weights
 */
export function forward(
  record: usize, keep: bool, products: usize, places: usize, y: usize, ldy: usize, c: usize, u: usize, zeros: usize,
  starts: usize, steps: u32, reverse: bool, H: u32, beat: usize,
): void {
  const block = <usize>H << 2, ldr = block << 2;
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    const at = load<u32>(starts + (<usize>t << 2)), rows = load<u32>(starts + (<usize>t << 2), 4) - at;
    const first = s == 0;
    const from: u32 = first ? 0 : reverse ? at + rows : load<u32>(starts + (<usize>(t - 1) << 2));
    const known: u32 = first ? 0 : reverse ? load<u32>(starts + (<usize>t << 2), 8) - from : rows;
    const r = keep ? record + <usize>at * ldr : record, out = y + <usize>at * ldy;
    const cell = keep ? c + <usize>at * block : c, before = keep ? c + <usize>from * block : c;
    if (products) gather(r, ldr, products, ldr, places + (<usize>at << 2), rows, ldr);
    if (known > 0) gemm(y + <usize>from * ldy, ldy, u, r, ldr, r, ldr, known, H, H << 2);
    gates(r, before, block, cell, out, ldy, known, block);
    gates(
      r + <usize>known * ldr, zeros, 0, cell + <usize>known * block, out + <usize>known * ldy, ldy, rows - known,
      block,
    );
    atomic.add<u32>(beat, 1);
  }
}

/** Two vectors at a time, as in gru.ts. */
function gates(
  r: usize, previous: usize, ldp: usize, cell: usize, out: usize, ldo: usize, rows: u32, block: usize,
): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let k: usize = 0; k < block; k += 32) {
      const p = r + k, q = p + block, w = q + block, x = w + block, before = previous + k, now = cell + k, to = out + k;
      const input0 = sigmoid4(v128.load(p)), input1 = sigmoid4(v128.load(p, 16));
      const forget0 = sigmoid4(v128.load(q)), forget1 = sigmoid4(v128.load(q, 16));
      const g0 = tanh4(v128.load(w)), g1 = tanh4(v128.load(w, 16));
      const output0 = sigmoid4(v128.load(x)), output1 = sigmoid4(v128.load(x, 16));
      const c0 = MADD(forget0, v128.load(before), f32x4.mul(input0, g0));
      const c1 = MADD(forget1, v128.load(before, 16), f32x4.mul(input1, g1));
      const h0 = f32x4.mul(output0, tanh4(c0)), h1 = f32x4.mul(output1, tanh4(c1));
      v128.store(p, input0); v128.store(p, input1, 16);
      v128.store(q, forget0); v128.store(q, forget1, 16);
      v128.store(w, g0); v128.store(w, g1, 16);
      v128.store(x, output0); v128.store(x, output1, 16);
      v128.store(now, c0); v128.store(now, c1, 16);
      v128.store(to, h0); v128.store(to, h1, 16);
    }
    r += block << 2; previous += ldp; cell += block; out += ldo;
  }
}

/**
 *   record  in: i, f, g, o; out: the gradients of their pre-activations
 *   ut      panels of the transposed recurrent weights
 *   dh, dc  scratch f32 [rows, H] each
 */
export function backward(
  record: usize, c: usize, ut: usize, dy: usize, ldd: usize, zeros: usize, starts: usize, steps: u32,
  reverse: bool, H: u32, dh: usize, dc: usize, beat: usize,
): void {
  const block = <usize>H << 2, ldr = block << 2;
  const all = <usize>(load<u32>(starts, 4) - load<u32>(starts)) * block;
  memory.fill(dh, 0, all);
  memory.fill(dc, 0, all);
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? s : steps - 1 - s;
    const at = load<u32>(starts + (<usize>t << 2)), rows = load<u32>(starts + (<usize>t << 2), 4) - at;
    const last = s == steps - 1;
    const from: u32 = last ? 0 : reverse ? at + rows : load<u32>(starts + (<usize>(t - 1) << 2));
    const known: u32 = last ? 0 : reverse ? load<u32>(starts + (<usize>t << 2), 8) - from : rows;
    const r = record + <usize>at * ldr, d = dy + <usize>at * ldd, cell = c + <usize>at * block;
    gatesBackward(r, c + <usize>from * block, block, cell, d, ldd, dh, dc, known, block);
    gatesBackward(
      r + <usize>known * ldr, zeros, 0, cell + <usize>known * block, d + <usize>known * ldd, ldd,
      dh + <usize>known * block, dc + <usize>known * block, rows - known, block,
    );
    if (known > 0) gemm(r, ldr, ut, dh, block, zeros, 0, known, H << 2, H);
    atomic.add<u32>(beat, 1);
  }
}

function gatesBackward(
  r: usize, previous: usize, ldp: usize, cell: usize, d: usize, ldd: usize, dh: usize, dc: usize, rows: u32,
  block: usize,
): void {
  const one = f32x4.splat(1);
  for (let i: u32 = 0; i < rows; i++) {
    for (let k: usize = 0; k < block; k += 16) {
      const p = r + k, q = p + block, w = q + block, x = w + block;
      const input = v128.load(p), forget = v128.load(q), g = v128.load(w), output = v128.load(x);
      const tanh = tanh4(v128.load(cell + k));
      const dhk = f32x4.add(v128.load(d + k), v128.load(dh + k));
      const slope = f32x4.sub(one, f32x4.mul(tanh, tanh));
      const dck = MADD(f32x4.mul(dhk, output), slope, v128.load(dc + k));
      v128.store(p, f32x4.mul(f32x4.mul(dck, g), f32x4.mul(input, f32x4.sub(one, input))));
      v128.store(q, f32x4.mul(f32x4.mul(dck, v128.load(previous + k)), f32x4.mul(forget, f32x4.sub(one, forget))));
      v128.store(w, f32x4.mul(f32x4.mul(dck, input), f32x4.sub(one, f32x4.mul(g, g))));
      v128.store(x, f32x4.mul(f32x4.mul(dhk, tanh), f32x4.mul(output, f32x4.sub(one, output))));
      v128.store(dc + k, f32x4.mul(dck, forget));
    }
    r += block << 2; previous += ldp; cell += block; d += ldd; dh += block; dc += block;
  }
}
