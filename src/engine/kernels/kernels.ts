/**
 * The numeric kernels of the embedded engine: WebAssembly (assembly/recurrent.ts), or the same operations in native code
 * (native/source), on a pool of threads over one shared memory. With precision `exact` every result is the same to the bit
 * at any number of threads, on any machine.
 */
import { PipelineError } from '../../base/diagnostic.ts';
import type { Similarity } from '../../formats/embeddings.ts';
import { wasmInstance } from './threads/webassembly.ts';
import { chooseProgram, type Choice } from './choose-program.ts';
import { createComposedRows, type ComposedRows, type Composition } from './embedding/composed-rows.ts';
import { createTable, type EmbeddingTable, type TableMemory } from './embedding/embedding-table.ts';
import { answerOf, KNOWN_ANSWERS } from './known-answers/recurrent.ts';
import { createHeap, type Heap } from './threads/heap.ts';
import type { Program } from './threads/program.ts';
import { createThreadPool, enableRelaxedSimd } from './threads/thread-pool.ts';
import { createDenseAdam, type DenseAdam } from './dense-adam.ts';
import { map, matMul, type MatMulShape } from './dense.ts';
import type { Precision } from './precision.ts';
import type { ProgramName } from './programs-used.ts';
import { WASM as FAST } from './recurrent-fast.generated.ts';
import { WASM as EXACT } from './recurrent.generated.ts';
import { createRecurrent, type Recurrent } from './recurrent/recurrent.ts';
import type { RecurrentShape } from './recurrent/shape.ts';
import { createScores, type Scores } from './towers/scores.ts';
import { createTower, type Tower, type TowerPass, type TowerShape } from './towers/tower.ts';

export interface Kernels {
  readonly threads: number;
  readonly precision: Precision;
  /** What computes; it decides no byte. */
  readonly program: ProgramName;
  /** Whether multiply-add rounds once here (false for `exact`, and for `fast` on a processor without it). */
  readonly fused: boolean;
  /**
   * c[batch, m, n] = op(a)[batch, m, k] · op(b)[batch, k, n]; returns when it is done, the calling thread works too.
   * An `a` or `b` of one matrix serves the whole batch.
   */
  matMul(a: Float32Array, b: Float32Array, shape: MatMulShape): Float32Array;
  /**
   * Elementwise functions of our own. Errors in units of the last place: exp and log 1.5, sigmoid 3 (it stays at
   * 1.6e-38 below −87), tanh 7 (at most four below 1 from ±7.9 on).
   */
  exp(x: Float32Array): Float32Array;
  log(x: Float32Array): Float32Array;
  tanh(x: Float32Array): Float32Array;
  sigmoid(x: Float32Array): Float32Array;
  /** Zeros at first. */
  table(rows: number, dimensions: number): EmbeddingTable;
  /** Makes rows of `table` of those of `parameters`, two tables of these kernels. */
  composedRows(table: EmbeddingTable, parameters: EmbeddingTable, composition: Composition): ComposedRows;
  recurrent(shape: RecurrentShape): Recurrent;
  tower(shape: TowerShape): Tower;
  /** Of two towers' passes, until these are released. */
  scores(queries: TowerPass, documents: TowerPass, similarity: Similarity): Scores;
  /** For weights of these sizes; moments of zero at first. */
  denseAdam(sizes: readonly number[]): DenseAdam;
  /** Bytes of the shared memory given out now, and its size. */
  memory(): { readonly used: number; readonly reserved: number };
  /** Ends the threads. */
  dispose(): void;
}

/** What computes kernels of this precision in this process, and why. */
export function programFor(precision: Precision): Promise<Choice> {
  if (precision === 'fast') enableRelaxedSimd();
  const wasm = precision === 'fast' ? FAST : EXACT;
  const known = KNOWN_ANSWERS[precision];
  return chooseProgram({ work: 'recurrent', precision, wasm, answer: answerOf, known });
}

export async function openKernels(options: {
  readonly threads: number;
  readonly precision: Precision;
}): Promise<Kernels> {
  const { threads, precision } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new PipelineError('E_USAGE', `${threads} threads: a whole number from 1 on was expected`);
  const { name, program } = await programFor(precision);
  const heap = createHeap();
  const pool = await createThreadPool(heap, program, threads);
  return {
    threads,
    precision,
    program: name,
    fused: isFused(heap, program, precision),
    matMul: (a, b, shape) => matMul(heap, pool, a, b, shape),
    exp: (x) => map(heap, pool, 'exp', x),
    log: (x) => map(heap, pool, 'log', x),
    tanh: (x) => map(heap, pool, 'tanh', x),
    sigmoid: (x) => map(heap, pool, 'sigmoid', x),
    table: (rows, dimensions) => createTable(heap, pool, rows, dimensions),
    composedRows: (table, parameters, composition) =>
      createComposedRows(
        heap,
        pool,
        { table: table as TableMemory, parameters: parameters as TableMemory },
        composition,
      ),
    recurrent: (shape) => createRecurrent(heap, pool, shape),
    tower: (shape) => createTower(heap, pool, shape),
    scores: (queries, documents, similarity) =>
      createScores(heap, pool, { queries: queries.vectors, documents: documents.vectors }, similarity),
    denseAdam: (sizes) => createDenseAdam(heap, pool, sizes),
    memory: () => ({ used: heap.used(), reserved: heap.memory.buffer.byteLength }),
    dispose: () => {
      pool.dispose();
    },
  };
}

/** Native code fuses where `fast` asks for it; of WebAssembly the module itself knows. */
function isFused(heap: Heap, program: Program, precision: Precision): boolean {
  if ('native' in program) return precision === 'fast';
  const { fused } = wasmInstance(program.module, heap.memory) as { readonly fused: (x: number) => number };
  return fused(1 + 2 ** -12) !== 0;
}
