import { previousTokens, type Chunk } from './batch.ts';
import { poolingNumber, stepsOf, type Context } from './forward.ts';
import { operations as op, type Job, type Operation } from './operations.ts';
import { createScope, type TapeMemory } from './tape.ts';

/** Tokens that a slice of a weight's gradient has at least, and slices at most: a fixed cut, added up in order. */
const SLICE_TOKENS = 1024;
const MOST_SLICES = 8;
/** Floats of summed slices that a job takes. */
const SUM_FLOATS = 16_384;

type Scope = ReturnType<typeof createScope>;

/** The gradients of the weights, in their order; those of the embeddings go to the table. gradient: f32 [rows, D] */
export function backward(context: Context, tape: TapeMemory, gradient: Float32Array): Float32Array[] {
  const { heap, pool, sizes, shape, weights } = context;
  const scope = createScope(heap);
  const { batch } = tape;
  const g = scope.allocate(Math.max(1, batch.rowCount * sizes.outputWidth));
  writeGradient(context, g, gradient, batch.rowCount);
  const dv = scope.allocate(Math.max(1, batch.chunks.length * sizes.outputWidth));
  let dy = scope.allocate(Math.max(1, batch.tokens * sizes.outputWidth));
  pool.run(batch.chunks.map((chunk, index) => poolJob(context, tape, chunk, index, { g, dy, dv })));
  const gradients: Float32Array[][] = [];
  for (let l = sizes.layers - 1; l >= 0; l--) {
    recurrence(context, tape, l, dy);
    gradients.unshift(weightGradients(context, tape, l));
    if (l > 0 || tape.tableTrainable) dy = inputGradients(context, tape, l, scope);
  }
  if (tape.tableTrainable) tape.table.addGradients(dy, batch.ids);
  if (shape.pooling === 'attention') {
    const sum = scope.allocate(sizes.outputWidth);
    const width = sizes.outputWidth * 4;
    pool.run([[op.sumRows(dv, width, sum, batch.chunks.length, width)]]);
    gradients.push([weights.unpadOutput(heap.floats(sum, sizes.outputWidth))]);
  }
  scope.release();
  return gradients.flat();
}

function writeGradient({ heap, sizes }: Context, at: number, gradient: Float32Array, rows: number): void {
  const { output, outputWidth, hidden, directions } = sizes;
  const padded = heap.floats(at, rows * outputWidth).fill(0);
  const block = output / directions;
  for (let r = 0; r < rows; r++)
    for (let d = 0; d < directions; d++) {
      const from = r * output + d * block;
      padded.set(gradient.subarray(from, from + block), r * outputWidth + d * hidden);
    }
}

function poolJob(
  { shape, sizes, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  index: number,
  { g, dy, dv }: { g: number; dy: number; dv: number },
): Job {
  const width = sizes.outputWidth * 4;
  const top = tape.layers.at(-1)?.dropped ?? tape.x;
  const { starts, steps } = stepsOf(tape, chunk);
  const rows = tape.rows + chunk.rowsAt * 4;
  const out = dy + chunk.firstToken * width;
  const job: Operation[] = [
    op.poolBackward(
      poolingNumber(shape),
      top + chunk.firstToken * width,
      width,
      starts,
      steps,
      chunk.rows,
      tape.out,
      rows,
      width / sizes.directions,
      width,
      weights.attention,
      tape.shares + chunk.firstToken * 4,
      g,
      out,
      width,
      dv + index * width,
    ),
  ];
  const mask = tape.outputMasks.at(-1) ?? (sizes.layers === 0 ? tape.inputMask : undefined);
  if (mask) job.push(op.dropout([out, width], [out, width], { starts, steps }, rows, mask, width));
  return job;
}

/** Backwards through time: the records become the gradients of the pre-activations. */
function recurrence(context: Context, tape: TapeMemory, l: number, dy: number): void {
  const { sizes, pool } = context;
  const jobs = tape.batch.chunks.flatMap((chunk) =>
    Array.from({ length: sizes.directions }, (_, d) => [recurrenceOperation(context, tape, chunk, l, d, dy)]),
  );
  const mostRows = Math.max(0, ...tape.batch.chunks.map((chunk) => chunk.rows));
  pool.run(jobs, 2 * mostRows * sizes.hidden * 4);
}

function recurrenceOperation(
  { sizes, shape, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  l: number,
  d: number,
  dy: number,
): Operation {
  const { hidden, outputWidth } = sizes;
  const layer = tape.layers[l]!;
  const ldy = outputWidth * 4;
  const place = chunk.firstToken * ldy + d * hidden * 4;
  const { starts, steps } = stepsOf(tape, chunk);
  const record = layer.records[d]! + chunk.firstToken * 16 * hidden;
  const { ut } = weights.cell(l, d);
  const tail = [dy + place, ldy, weights.zeros, starts, steps, d, hidden];
  return shape.cell === 'gru'
    ? op.gruBackward(record, layer.y + place, ldy, ut, ...tail)
    : op.lstmBackward(
        record,
        layer.cells[d]! + chunk.firstToken * hidden * 4,
        ut,
        ...tail,
        chunk.rows * hidden * 4,
      );
}

/** kernel, recurrent, bias (and recurrentBias) of each direction of a layer. */
function weightGradients(context: Context, tape: TapeMemory, l: number): Float32Array[] {
  const { heap, sizes, pool, shape, weights } = context;
  const scope = createScope(heap);
  const { hidden, gates, directions, outputWidth } = sizes;
  const { tokens } = tape.batch;
  const { inputWidth } = sizes.layer(l);
  const width = gates * hidden;
  const layer = tape.layers[l]!;
  const slices = Math.min(MOST_SLICES, Math.max(1, Math.ceil(tokens / SLICE_TOKENS)));
  // A slice's gradients lie one after the other: kernel, recurrent, sums over tokens.
  const floats = { kernel: inputWidth * width, recurrent: hidden * width, sums: 4 * hidden };
  const all = floats.kernel + floats.recurrent + floats.sums;
  const input = l === 0 ? tape.x : tape.layers[l - 1]!.dropped;
  const parts: number[] = [];
  const jobs: Job[] = [];
  for (let d = 0; d < directions; d++) {
    const previous = scope.allocate(Math.max(1, tokens));
    heap.words(previous, tokens).set(previousTokens(tape.batch, d === 1));
    const part = scope.allocate(all * slices);
    parts.push(part);
    for (let s = 0; s < slices; s++) {
      const from = Math.floor((tokens * s) / slices);
      const count = Math.floor((tokens * (s + 1)) / slices) - from;
      const record = layer.records[d]! + from * 16 * hidden;
      const out = part + s * all * 4;
      const lda = inputWidth * 4;
      jobs.push([
        op.gemmTransposed(
          input + from * lda,
          lda,
          0,
          record,
          16 * hidden,
          out,
          width * 4,
          count,
          inputWidth,
          width,
        ),
      ]);
      jobs.push([
        op.gemmTransposed(
          layer.y + d * hidden * 4,
          outputWidth * 4,
          previous + from * 4,
          record + (shape.cell === 'gru' ? hidden * 4 : 0),
          16 * hidden,
          out + floats.kernel * 4,
          width * 4,
          count,
          hidden,
          width,
        ),
        op.sumRows(record, 16 * hidden, out + (floats.kernel + floats.recurrent) * 4, count, 16 * hidden),
      ]);
    }
  }
  pool.run(jobs, (Math.max(inputWidth, hidden) + width) * 512);
  const gradients = parts.flatMap((part) => {
    sumSlices(context, part, all, slices);
    const values = heap.floats(part, all);
    return [
      weights.unpadKernel(values.subarray(0, floats.kernel), l),
      weights.unpadRecurrent(values.subarray(floats.kernel, floats.kernel + floats.recurrent)),
      ...weights.biases(values.subarray(floats.kernel + floats.recurrent)),
    ];
  });
  scope.release();
  return gradients;
}

/** Adds the slices up in their order, into the first. */
function sumSlices({ pool }: Context, part: number, floats: number, slices: number): void {
  if (slices === 1) return;
  const jobs: Job[] = [];
  for (let from = 0; from < floats; from += SUM_FLOATS) {
    const at = part + from * 4;
    jobs.push([op.sumRows(at, floats * 4, at, slices, Math.min(SUM_FLOATS, floats - from) * 4)]);
  }
  pool.run(jobs);
}

/** The gradient of the layer's input, directions added up, through its dropout. f32 [tokens, input width] */
function inputGradients(context: Context, tape: TapeMemory, l: number, scope: Scope): number {
  const { sizes, pool, weights } = context;
  const { hidden, gates, directions } = sizes;
  const { inputWidth } = sizes.layer(l);
  const layer = tape.layers[l]!;
  const dx = scope.allocate(Math.max(1, tape.batch.tokens * inputWidth));
  const ldx = inputWidth * 4;
  const mask = l === 0 ? tape.inputMask : tape.outputMasks[l - 1];
  pool.run(
    tape.batch.chunks.map((chunk): Job => {
      const out = dx + chunk.firstToken * ldx;
      const job: Operation[] = Array.from({ length: directions }, (_, d) =>
        op.gemm({
          a: layer.records[d]! + chunk.firstToken * 16 * hidden,
          lda: 16 * hidden,
          b: weights.cell(l, d).wt,
          c: out,
          ldc: ldx,
          init: d === 0 ? weights.zeros : out,
          ldi: d === 0 ? 0 : ldx,
          m: chunk.tokens,
          k: gates * hidden,
          n: inputWidth,
        }),
      );
      if (mask)
        job.push(
          op.dropout([out, ldx], [out, ldx], stepsOf(tape, chunk), tape.rows + chunk.rowsAt * 4, mask, ldx),
        );
      return job;
    }),
  );
  return dx;
}
