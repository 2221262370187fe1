/**
 * The forward pass: token ids → embeddings → layers → pooled output [rows, D], on the tape. It says which instruction
 * works on which piece of memory; the arithmetic is in assembly/lib, the memory in tape.ts.
 */
import type { Ragged } from '../../../formats/ragged.ts';
import type { TableMemory } from '../embedding/embedding-table.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction, Job } from '../threads/instructions.ts';
import { ranges, type Range } from '../threads/ranges.ts';
import { createScope, type Scope } from '../threads/scope.ts';
import { layOut, type Chunk } from './batch-layout.ts';
import { kernelsOf } from './cells/registry.ts';
import { dropoutOf, poolingFields, recurrenceFields } from './chunk-instructions.ts';
import type { Context, ForwardOptions } from './context.ts';
import { PRODUCT_ROWS, wordProducts, type ProductCache } from './input-products.ts';
import { createTape, type TapeMemory } from './tape.ts';

/** Recurrent weights beyond this leave the second-level cache, and are read once a step for all rows of a chunk. */
const LARGE_WEIGHTS = 2 ** 18;
const ROWS_OF_LARGE = 20;
/** Wide embeddings are cut as if they had such weights: the order in which gradients are added up depends on the cut. */
const GATES_OF_NONE = 4;

export function forward(
  context: Context,
  ragged: Ragged,
  table: TableMemory,
  version: number,
  options: ForwardOptions,
  cache: ProductCache,
): TapeMemory {
  const { heap, pool, sizes } = context;
  const large = 4 * (sizes.gates || GATES_OF_NONE) * sizes.paddedHidden ** 2 > LARGE_WEIGHTS;
  const batch = layOut(ragged, large ? ROWS_OF_LARGE : undefined);
  const cached = options.training ? undefined : cache.lookUp(batch.ids, table, version);
  const tape = createTape(context, batch, table, version, options, cached);
  heap.f32(tape.out, Math.max(1, batch.rowCount * sizes.paddedOutput)).fill(0);
  embed(context, tape);
  for (let l = 0; l < sizes.layers; l++) runLayer(context, tape, l);
  pool.run(batch.chunks.map((chunk) => [op.poolingForward(poolingFields(context, tape, chunk))]));
  return tape;
}

/** Fetches the embeddings of tokens or words. */
function embed({ heap, pool }: Context, tape: TapeMemory): void {
  const { input, table, batch } = tape;
  if (input.by === 'cache') return;
  const width = table.width * 4;
  const scope = createScope(heap);
  const ids = scope.put(input.by === 'word' ? input.tokensByWord.ids : batch.ids);
  const gather = ({ from, count }: Range): Instruction =>
    op.gather({
      x: input.x + from * width,
      ldx: width,
      table: table.data,
      ldt: width,
      ids: ids + from * 4,
      count,
      width,
    });
  if (input.by === 'word')
    pool.run(ranges(input.tokensByWord.ids.length, PRODUCT_ROWS).map((some) => [gather(some)]));
  else
    pool.run(
      batch.chunks.map((chunk): Job => {
        const x = input.x + chunk.firstToken * width;
        const embeddings = gather({ from: chunk.firstToken, count: chunk.tokens });
        if (!tape.inputMask) return [embeddings];
        return [embeddings, dropoutOf(tape, chunk, tape.inputMask, { from: x, to: x, width })];
      }),
    );
  scope.release();
}

function runLayer(context: Context, tape: TapeMemory, l: number): void {
  const { pool, sizes, heap } = context;
  const scope = createScope(heap);
  const products = l === 0 ? inputProducts(context, tape, scope) : undefined;
  const jobs: Job[] = [];
  for (const chunk of tape.batch.chunks)
    for (let d = 0; d < sizes.directions; d++) {
      const product = products?.[d];
      const job = [recurrence(context, tape, chunk, l, d, product)];
      if (product === undefined) job.unshift(inputProduct(context, tape, chunk, l, d));
      jobs.push(job);
    }
  pool.run(jobs);
  scope.release();
  const mask = tape.outputMasks[l];
  if (!mask) return;
  const { y, dropped } = tape.layers[l]!;
  const width = sizes.paddedOutput * 4;
  pool.run(
    tape.batch.chunks.map((chunk) => {
      const place = chunk.firstToken * width;
      return [dropoutOf(tape, chunk, mask, { from: y + place, to: dropped + place, width })];
    }),
  );
}

/** For each direction f32 [words, G·H]: the input product of every word; nothing where it is by token. */
function inputProducts(context: Context, tape: TapeMemory, scope: Scope): readonly number[] | undefined {
  if (tape.input.by === 'cache') return tape.input.products;
  if (tape.input.by === 'token') return undefined;
  const { sizes, pool } = context;
  const { input, table } = tape;
  const words = tape.input.tokensByWord.ids.length;
  const width = sizes.gatesWidth;
  const products = Array.from({ length: sizes.directions }, () => scope.allocate(words * width));
  pool.run(
    ranges(words, PRODUCT_ROWS).flatMap((some) =>
      wordProducts(context, { x: input.x, width: table.width }, products, some).map((one) => [one]),
    ),
  );
  return products;
}

/** Fills the first blocks of the records from the layer's input. */
function inputProduct(
  { sizes, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  l: number,
  d: number,
): Instruction {
  const ldr = sizes.recordWidth * 4;
  const record = tape.layers[l]!.records[d]! + chunk.firstToken * ldr;
  const { inputWidth } = sizes.layer(l);
  const from = l === 0 ? tape.input.x : tape.layers[l - 1]!.dropped;
  return op.gemm({
    a: from + chunk.firstToken * inputWidth * 4,
    lda: inputWidth * 4,
    b: weights.cell(l, d).w,
    c: record,
    ldc: ldr,
    init: weights.cell(l, d).bias,
    ldi: 0,
    M: chunk.tokens,
    K: inputWidth,
    N: sizes.gatesWidth,
  });
}

/** `product`: of words, where the layer's input is not by token. */
function recurrence(
  context: Context,
  tape: TapeMemory,
  chunk: Chunk,
  l: number,
  d: number,
  product = 0,
): Instruction {
  const { u, recurrentBias } = context.weights.cell(l, d);
  return kernelsOf(context.shape.cell).forward({
    ...recurrenceFields(context, tape, chunk, l, d),
    keep: tape.layers[l]!.keep,
    products: product,
    places: product === 0 || tape.input.by === 'token' ? 0 : tape.input.wordOf + chunk.firstToken * 4,
    u,
    recurrentBias,
  });
}

/** Without the padding of the units. */
export function readOutput({ heap, sizes }: Context, tape: TapeMemory): Float32Array {
  const { rowCount } = tape.batch;
  const { output, paddedOutput, paddedHidden, directions } = sizes;
  const padded = heap.f32(tape.out, rowCount * paddedOutput);
  if (output === paddedOutput) return Float32Array.from(padded);
  const values = new Float32Array(rowCount * output);
  const block = output / directions;
  for (let r = 0; r < rowCount; r++)
    for (let d = 0; d < directions; d++) {
      const from = r * paddedOutput + d * paddedHidden;
      values.set(padded.subarray(from, from + block), r * output + d * block);
    }
  return values;
}
