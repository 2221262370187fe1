/** Gradients of a layer's weights: products over all tokens, cut into slices whose results are added up in order. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import { createScope, type Scope } from '../threads/scope.ts';
import { previousTokens } from './batch-layout.ts';
import { kernelsOf } from './cells/registry.ts';
import type { Context } from './context.ts';
import type { TapeMemory } from './tape.ts';

/** Tokens that a slice has at least, and slices at most: a fixed cut. */
const SLICE_TOKENS = 1024;
const MOST_SLICES = 8;
/** Floats of summed slices that a job takes. */
const SUM_FLOATS = 16_384;

interface Product {
  readonly a: number;
  readonly lda: number;
  /** u32 [tokens]: the rows of a, 0 for all in order. */
  readonly index: number;
  readonly b: number;
  readonly ldb: number;
  readonly count: number;
  readonly m: number;
}

/** The jobs of all products and sums, and then those that add their slices up. */
interface Jobs {
  readonly jobs: Job[];
  readonly sumJobs: Job[];
}

const slicesOf = (count: number): number =>
  Math.min(MOST_SLICES, Math.max(1, Math.ceil(count / SLICE_TOKENS)));

/**
 * kernel, recurrent, bias (and recurrentBias) of each direction of a layer. `words`: for each direction the gradients
 * of the words' input products, where the layer's input is by word.
 */
export function weightGradients(
  context: Context,
  tape: TapeMemory,
  l: number,
  words: readonly number[] | undefined,
): Float32Array[] {
  const { heap, sizes, pool, shape, weights } = context;
  const scope = createScope(heap);
  const { paddedHidden, directions, paddedOutput, gatesWidth: width } = sizes;
  const recordBytes = sizes.recordWidth * 4;
  const { tokens } = tape.batch;
  const { inputWidth } = sizes.layer(l);
  const layer = tape.layers[l]!;
  const input = l === 0 ? tape.input.x : tape.layers[l - 1]!.dropped;
  const wordCount = tape.input.by === 'word' ? tape.input.tokensByWord.ids.length : 0;
  const jobs: Job[] = [];
  const sumJobs: Job[] = [];
  const finish: (() => Float32Array[])[] = [];
  for (let d = 0; d < directions; d++) {
    const record = layer.records[d]!;
    const kernel = slicedProduct(
      context,
      scope,
      { jobs, sumJobs },
      {
        a: input,
        lda: inputWidth * 4,
        index: 0,
        b: words ? words[d]! : record,
        ldb: words ? width * 4 : recordBytes,
        count: words ? wordCount : tokens,
        m: inputWidth,
      },
    );
    const recurrent = slicedProduct(
      context,
      scope,
      { jobs, sumJobs },
      {
        a: layer.y + d * paddedHidden * 4,
        lda: paddedOutput * 4,
        index: scope.put(previousTokens(tape.batch, d === 1)),
        b: record + kernelsOf(shape.cell).recurrentBlock * paddedHidden * 4,
        ldb: recordBytes,
        count: tokens,
        m: paddedHidden,
      },
    );
    const sums = slicedSums(context, scope, { jobs, sumJobs }, record, tokens);
    finish.push(() => [
      weights.layout.unpadKernel(kernel(), l),
      weights.layout.unpadRecurrent(recurrent()),
      ...weights.layout.biases(sums()),
    ]);
  }
  const most = Math.max(inputWidth, paddedHidden);
  pool.run(jobs, (most + 16 + width) * 512 + most * width * 4);
  pool.run(sumJobs);
  const gradients = finish.flatMap((each) => each());
  scope.release();
  return gradients;
}

/** aᵀ·b [m, G·H]; the function that is returned views it, after the jobs have run. */
function slicedProduct(
  context: Context,
  scope: Scope,
  { jobs, sumJobs }: Jobs,
  { a, lda, index, b, ldb, count, m }: Product,
): () => Float32Array {
  const { sizes, weights } = context;
  const n = sizes.gatesWidth;
  const slices = slicesOf(count);
  const part = scope.allocate(slices * m * n);
  for (let s = 0; s < slices; s++) {
    const { from, tokens } = slice(count, s, slices);
    jobs.push([
      op.gemmTransposed({
        a: index ? a : a + from * lda,
        lda,
        index: index ? index + from * 4 : 0,
        b: b + from * ldb,
        ldb,
        c: part + s * m * n * 4,
        ldc: n * 4,
        tokens,
        M: m,
        N: n,
        zeros: weights.zeros,
      }),
    ]);
  }
  sumJobs.push(...slicesSummed(part, m * n, slices));
  return () => context.heap.f32(part, m * n);
}

/** Over the tokens, of the blocks of a record. */
function slicedSums(
  context: Context,
  scope: Scope,
  { jobs, sumJobs }: Jobs,
  record: number,
  count: number,
): () => Float32Array {
  const width = context.sizes.recordWidth;
  const slices = slicesOf(count);
  const part = scope.allocate(slices * width);
  for (let s = 0; s < slices; s++) {
    const { from, tokens } = slice(count, s, slices);
    const lds = width * 4;
    jobs.push([
      op.sumRows({ src: record + from * lds, lds, dst: part + s * lds, count: tokens, width: lds }),
    ]);
  }
  sumJobs.push(...slicesSummed(part, width, slices));
  return () => context.heap.f32(part, width);
}

function slice(count: number, s: number, slices: number): { from: number; tokens: number } {
  const from = Math.floor((count * s) / slices);
  return { from, tokens: Math.floor((count * (s + 1)) / slices) - from };
}

/** Into the first slice. */
function slicesSummed(part: number, floats: number, slices: number): Job[] {
  if (slices === 1) return [];
  return ranges(floats, SUM_FLOATS).map(({ from, count }) => {
    const at = part + from * 4;
    return [op.sumRows({ src: at, lds: floats * 4, dst: at, count: slices, width: count * 4 })];
  });
}
