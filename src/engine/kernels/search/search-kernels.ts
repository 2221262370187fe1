/** Kernels and threads for searching many queries: exact search and BM25. One query needs neither. */
import { PipelineError } from '../../../base/diagnostic.ts';
import { chooseProgram } from '../choose-program.ts';
import { answerOf, KNOWN_ANSWER } from '../known-answers/search.ts';
import type { ProgramName } from '../programs-used.ts';
import { WASM } from '../search.generated.ts';
import { createHeap, type Heap } from '../threads/heap.ts';
import { createThreadPool, type ThreadPool } from '../threads/thread-pool.ts';

export interface SearchKernels {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  /** What computes; it decides no byte. */
  readonly program: ProgramName;
  /** Ends the threads. */
  dispose(): void;
}

/** The kernels as `chooseProgram` takes them. */
export const SEARCH_KERNEL = {
  work: 'search',
  precision: 'exact',
  wasm: WASM,
  answer: answerOf,
  known: KNOWN_ANSWER,
} as const;

export async function openSearchKernels(threads: number): Promise<SearchKernels> {
  if (!Number.isInteger(threads) || threads < 1)
    throw new PipelineError('E_USAGE', `${threads} threads: a whole number from 1 on was expected`);
  const { name, program } = await chooseProgram(SEARCH_KERNEL);
  const heap = createHeap();
  const pool = await createThreadPool(heap, program, threads);
  return {
    heap,
    pool,
    program: name,
    dispose: () => {
      pool.dispose();
    },
  };
}
