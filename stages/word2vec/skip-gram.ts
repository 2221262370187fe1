/** The skip-gram kernel (src/engine/kernels/assembly/skip-gram.ts) with its memory laid out. */
import { exp, log } from '../../src/base/math.ts';
import { WASM } from '../../src/engine/kernels/skip-gram.generated.ts';
import { wasmKernel, wasmMemory } from '../../src/engine/webassembly.ts';
import { PipelineError } from '../../src/stage.ts';

export interface SkipGram {
  /** [rows, width] F32: the word vectors, values from `dimensions` on being zero. */
  readonly words: Float32Array;
  /** The same for words as context. */
  readonly contexts: Float32Array;
  /** Floats a row: dimensions rounded up to 16. */
  readonly width: number;
  /** [capacity, 2 + negatives] U32: word, context, negative samples. */
  readonly pairs: Uint32Array;
  /** Most pairs a call. */
  readonly capacity: number;
  /** Trains on the first `count` pairs, in order; gives their summed loss. */
  train(count: number, rate: number): number;
}

export interface SkipGramShape {
  readonly rows: number;
  readonly dimensions: number;
  readonly negatives: number;
}

interface Kernel {
  train(...numbers: number[]): number;
}

const CAPACITY = 4096;
const LANES = 16;
const TABLE_LENGTH = 4096;
const TABLE_LIMIT = 8;
const MOST_BYTES = 2 ** 32;

export async function createSkipGram({ rows, dimensions, negatives }: SkipGramShape): Promise<SkipGram> {
  const width = Math.ceil(dimensions / LANES) * LANES;
  const parts = {
    words: rows * width,
    contexts: rows * width,
    gradient: width,
    sigmoid: TABLE_LENGTH,
    logs: TABLE_LENGTH,
    pairs: CAPACITY * (2 + negatives),
  };
  const { at, bytes } = layout(parts);
  if (bytes > MOST_BYTES)
    throw new PipelineError('E_LIMIT', `${rows} words of ${dimensions} dimensions need more than 4 GiB`, {
      hint: 'lower max_vocab or raise min_count in the tokenize stage, or lower dimensions',
    });
  const memory = wasmMemory(bytes);
  const kernel = await wasmKernel<Kernel>(WASM, memory);
  const floats = (name: keyof typeof parts): Float32Array =>
    new Float32Array(memory.buffer, at[name], parts[name]);
  fillTables(floats('sigmoid'), floats('logs'));
  return {
    words: floats('words'),
    contexts: floats('contexts'),
    width,
    pairs: new Uint32Array(memory.buffer, at.pairs, parts.pairs),
    capacity: CAPACITY,
    train: (count, rate) =>
      kernel.train(
        ...[at.words, at.contexts, width * 4, at.pairs, count, negatives, rate, at.sigmoid, at.logs],
        at.gradient,
      ),
  };
}

/** Byte addresses of arrays of 4-byte elements, one behind the other on cache lines; the first line is free. */
function layout<Name extends string>(
  lengths: Readonly<Record<Name, number>>,
): { at: Record<Name, number>; bytes: number } {
  const LINE = 64;
  let bytes = LINE;
  const at = {} as Record<Name, number>;
  for (const name of Object.keys(lengths) as Name[]) {
    at[name] = bytes;
    bytes += Math.ceil((lengths[name] * 4) / LINE) * LINE;
  }
  return { at, bytes };
}

/** σ(x) and −log σ(x) = log(1 + e^−x) at the middle of each step. */
function fillTables(sigmoid: Float32Array, logs: Float32Array): void {
  for (let i = 0; i < TABLE_LENGTH; i++) {
    const x = ((i + 0.5) / TABLE_LENGTH) * 2 * TABLE_LIMIT - TABLE_LIMIT;
    sigmoid[i] = 1 / (1 + exp(-x));
    logs[i] = log(1 + exp(-x));
  }
}
