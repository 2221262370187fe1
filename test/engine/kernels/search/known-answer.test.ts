import { expect, it } from 'vitest';
import { findProgram } from '../../../../src/engine/kernels/choose-program.ts';
import { answerOf } from '../../../../src/engine/kernels/known-answers/search.ts';
import { SEARCH_KERNEL } from '../../../../src/engine/kernels/search/search-kernels.ts';
import { createHeap } from '../../../../src/engine/kernels/threads/heap.ts';
import { createThreadPool } from '../../../../src/engine/kernels/threads/thread-pool.ts';

it('the search kernels in WebAssembly give the known answer at any number of threads', async () => {
  const { program } = await findProgram(SEARCH_KERNEL, 'wasm');
  for (const threads of [1, 2, 3]) {
    const heap = createHeap();
    const pool = await createThreadPool(heap, program, threads);
    expect(answerOf(heap, pool)).toBe(SEARCH_KERNEL.known);
    pool.dispose();
  }
});
