/**
 * The backward pass: from the gradient of the output [rows, D] through pooling and layers to the embeddings. The
 * gradients of the weights themselves are made in weight-gradients.ts.
 */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction, Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import { createScope, type Scope } from '../threads/scope.ts';
import type { Chunk } from './batch-layout.ts';
import { kernelsOf } from './cells/registry.ts';
import { dropoutOf, poolingFields, recurrenceFields } from './chunk-instructions.ts';
import type { Context } from './context.ts';
import { PRODUCT_ROWS } from './input-products.ts';
import type { TapeMemory } from './tape.ts';
import { weightGradients } from './weight-gradients.ts';

/** The gradients of the weights, in their order; those of the embeddings go to the table. g: f32 [rows, padded output] */
export function backward(context: Context, tape: TapeMemory, g: number): Float32Array[] {
  const { heap, pool, sizes, shape, weights } = context;
  const scope = createScope(heap);
  const { batch, input } = tape;
  const dv = scope.allocate(Math.max(1, batch.chunks.length * sizes.paddedOutput));
  let dy = scope.allocate(Math.max(1, batch.tokens * sizes.paddedOutput));
  pool.run(batch.chunks.map((chunk, index) => poolingJob(context, tape, chunk, index, { g, dy, dv })));
  const gradients: Float32Array[][] = [];
  for (let l = sizes.layers - 1; l >= 0; l--) {
    recurrence(context, tape, l, dy);
    const words = l === 0 && input.by === 'word' ? sumByWord(context, tape, scope) : undefined;
    gradients.unshift(weightGradients(context, tape, l, words));
    if (words && tape.tableTrainable) dy = wordGradients(context, tape, words, scope);
    else if (l > 0 || tape.tableTrainable) dy = tokenGradients(context, tape, l, scope);
  }
  if (tape.tableTrainable)
    tape.table.addGradients(
      dy,
      input.by === 'word' ? oneEach(input.tokensByWord.ids) : tape.table.group(batch.ids),
    );
  if (shape.pooling === 'attention') {
    const sum = scope.allocate(sizes.paddedOutput);
    const width = sizes.paddedOutput * 4;
    pool.run([[op.sumRows({ src: dv, lds: width, dst: sum, count: batch.chunks.length, width })]]);
    gradients.push([weights.unpadOutput(heap.f32(sum, sizes.paddedOutput))]);
  }
  scope.release();
  return gradients.flat();
}

function oneEach(ids: Uint32Array): { ids: Uint32Array; order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(ids.length + 1);
  for (let i = 0; i < starts.length; i++) starts[i] = i;
  return { ids, order: starts.subarray(0, ids.length), starts };
}

/** gradient: [rows, D] → f32 [rows, padded output] */
export function writeGradient(
  { heap, sizes }: Context,
  at: number,
  gradient: Float32Array,
  rows: number,
): void {
  const { output, paddedOutput, paddedHidden, directions } = sizes;
  const padded = heap.f32(at, rows * paddedOutput).fill(0);
  const block = output / directions;
  for (let r = 0; r < rows; r++)
    for (let d = 0; d < directions; d++) {
      const from = r * output + d * block;
      padded.set(gradient.subarray(from, from + block), r * paddedOutput + d * paddedHidden);
    }
}

function poolingJob(
  context: Context,
  tape: TapeMemory,
  chunk: Chunk,
  index: number,
  { g, dy, dv }: { g: number; dy: number; dv: number },
): Job {
  const { sizes } = context;
  const width = sizes.paddedOutput * 4;
  const out = dy + chunk.firstToken * width;
  const gradient = op.poolingBackward({
    ...poolingFields(context, tape, chunk),
    g,
    dy: out,
    ldd: width,
    dv: dv + index * width,
  });
  const mask = tape.outputMasks.at(-1) ?? (sizes.layers === 0 ? tape.inputMask : undefined);
  if (!mask) return [gradient];
  return [gradient, dropoutOf(tape, chunk, mask, { from: out, to: out, width })];
}

/** Backwards through time: the records become the gradients of the pre-activations. */
function recurrence(context: Context, tape: TapeMemory, l: number, dy: number): void {
  const { sizes, pool, shape } = context;
  const rowBytes = sizes.paddedHidden * 4;
  const cell = kernelsOf(shape.cell);
  const jobs = tape.batch.chunks.flatMap((chunk) =>
    Array.from({ length: sizes.directions }, (_, d) => {
      const fields = recurrenceFields(context, tape, chunk, l, d);
      const { ut } = context.weights.cell(l, d);
      const gradient = dy + chunk.firstToken * fields.ldy + d * rowBytes;
      return [cell.backward({ ...fields, ut, dy: gradient, ldd: fields.ldy, dc: chunk.rows * rowBytes })];
    }),
  );
  const mostRows = Math.max(0, ...tape.batch.chunks.map((chunk) => chunk.rows));
  pool.run(jobs, cell.scratchBlocks * mostRows * rowBytes);
}

/** For each direction f32 [words, G·H]: the gradient of a word's input product, the sum over its tokens. */
function sumByWord({ sizes, heap, pool }: Context, { input, layers }: TapeMemory, scope: Scope): number[] {
  if (input.by !== 'word') return [];
  const { ids, starts } = input.tokensByWord;
  const groups = new Uint32Array((ids.length + 1) * 3);
  for (let g = 0; g <= ids.length; g++) {
    groups[3 * g] = g;
    groups[3 * g + 1] = starts[g]!;
  }
  const work = createScope(heap);
  const groupsAt = work.put(groups);
  const width = sizes.gatesWidth * 4;
  const sums = Array.from({ length: sizes.directions }, () => scope.allocate((ids.length * width) / 4));
  pool.run(
    ranges(ids.length, PRODUCT_ROWS).flatMap(({ from, count }) =>
      sums.map((sum, d) => [
        op.gatherGradients({
          dx: layers[0]!.records[d]!,
          ldx: sizes.recordWidth * 4,
          order: input.order,
          groups: groupsAt + from * 12,
          count,
          gradients: sum,
          width,
        }),
      ]),
    ),
  );
  work.release();
  return sums;
}

/** The gradient of each word's embedding. f32 [words, input width] */
function wordGradients(
  context: Context,
  { input }: TapeMemory,
  words: readonly number[],
  scope: Scope,
): number {
  const { sizes, pool } = context;
  const count = input.by === 'word' ? input.tokensByWord.ids.length : 0;
  const { inputWidth } = sizes.layer(0);
  const dx = scope.allocate(Math.max(1, count * inputWidth));
  const ldw = sizes.gatesWidth * 4;
  pool.run(
    ranges(count, PRODUCT_ROWS).map(({ from, count: m }) =>
      inputProducts(
        context,
        0,
        words.map((sum) => ({ at: sum + from * ldw, stride: ldw })),
        dx + from * inputWidth * 4,
        m,
      ),
    ),
  );
  return dx;
}

/** out[m, input width] = Σ over directions of gradient[m, G·H] · Wᵀ */
function inputProducts(
  { sizes, weights }: Context,
  l: number,
  gradients: readonly { at: number; stride: number }[],
  out: number,
  m: number,
): Instruction[] {
  const { inputWidth } = sizes.layer(l);
  const ldc = inputWidth * 4;
  return gradients.map(({ at, stride }, d) =>
    op.gemm({
      a: at,
      lda: stride,
      b: weights.cell(l, d).wt,
      c: out,
      ldc,
      init: d === 0 ? weights.zeros : out,
      ldi: d === 0 ? 0 : ldc,
      M: m,
      K: sizes.gatesWidth,
      N: inputWidth,
    }),
  );
}

/** The gradient of the layer's input, directions added up, through its dropout. f32 [tokens, input width] */
function tokenGradients(context: Context, tape: TapeMemory, l: number, scope: Scope): number {
  const { sizes, pool } = context;
  const { inputWidth } = sizes.layer(l);
  const dx = scope.allocate(Math.max(1, tape.batch.tokens * inputWidth));
  const ldx = inputWidth * 4;
  const stride = sizes.recordWidth * 4;
  const mask = l === 0 ? tape.inputMask : tape.outputMasks[l - 1];
  pool.run(
    tape.batch.chunks.map((chunk): Job => {
      const out = dx + chunk.firstToken * ldx;
      const records = tape.layers[l]!.records.map((at) => ({ at: at + chunk.firstToken * stride, stride }));
      const job = inputProducts(context, l, records, out, chunk.tokens);
      if (mask) job.push(dropoutOf(tape, chunk, mask, { from: out, to: out, width: ldx }));
      return job;
    }),
  );
  return dx;
}
