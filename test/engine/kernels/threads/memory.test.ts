import { describe, expect, it } from 'vitest';
import { createHeap } from '../../../../src/engine/kernels/threads/heap.ts';
import { openKernels } from '../../../../src/engine/kernels/kernels.ts';
import { createThreadPool } from '../../../../src/engine/kernels/threads/thread-pool.ts';
import { WASM } from '../../../../src/engine/kernels/recurrent.generated.ts';
import { wasmModule } from '../../../../src/engine/kernels/threads/webassembly.ts';
import { random } from '../../../../src/base/random.ts';
import { compose, kernelsAdd } from '../embedding/fixtures.ts';
import { floats, texts, weightsFor } from '../fixtures.ts';
import { towerStep } from '../towers/fixtures.ts';

const SHAPE = { cell: 'gru', input: 16, hidden: 16, layers: 2, bidirectional: true, pooling: 'max' } as const;

it('300 steps of changing sizes leave no memory behind, and do not enlarge it after the first ones', async () => {
  const kernels = await openKernels({ threads: 2, precision: 'exact' });
  const table = kernels.table(499, 16);
  table.write(floats(499 * 16, 'table'));
  const recurrent = kernels.recurrent(SHAPE);
  const weights = weightsFor(SHAPE, 0.1);
  const source = random(1, 'lengths');
  const step = (count: number): void => {
    const rows = texts(
      Array.from({ length: 20 }, () => source.integer(40)),
      499,
      `texts ${count}`,
    );
    const { output, tape } = recurrent.forward(rows, table, weights, {
      training: true,
      dropout: { input: 0.1, output: 0.1 },
      seed: count,
      tableTrainable: true,
    });
    recurrent.backward(tape, output);
    table.step({
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      scale: 1,
      step: count,
    });
  };
  for (let count = 1; count <= 120; count++) step(count);
  const before = kernels.memory();
  for (let count = 121; count <= 300; count++) step(count);
  const after = kernels.memory();
  expect(after.reserved).toBe(before.reserved);
  expect(after.used - before.used).toBeLessThan(100_000);
  kernels.dispose();
});

it('towers, their scores and composed rows give back what they took, but for the scratch of the threads', async () => {
  const kernels = await openKernels({ threads: 2, precision: 'exact' });
  const used = (): number => {
    for (const similarity of ['cosine', 'dot', 'euclidean'] as const)
      towerStep(kernels, {
        cell: 'gru',
        input: 9,
        hidden: 5,
        skip: true,
        projection: 11,
        similarity,
        temperature: 0.1,
        queries: [1, 0, 3],
        documents: [2, 4, 0, 1],
        extremes: [],
      });
    const composed = { dimensions: 9, parts: [[], [6, 5], [7]], asked: [2, 0, 2], extremes: [0] };
    compose(composed, { ...kernels, add: kernelsAdd(kernels) });
    return kernels.memory().used;
  };
  const before = used();
  expect(used()).toBe(before);
  kernels.dispose();
});

describe('the heap', () => {
  it('gives blocks that do not overlap, and joins what is given back', () => {
    const heap = createHeap();
    const source = random(1, 'heap');
    const held: { at: number; bytes: number }[] = [];
    for (let i = 0; i < 2000; i++) {
      if (held.length > 20 || (held.length > 0 && source.integer(2) === 0)) {
        const [block] = held.splice(source.integer(held.length), 1);
        heap.free(block!.at);
        continue;
      }
      const bytes = 1 + source.integer(50_000);
      const at = heap.allocate(bytes);
      for (const other of held) expect(at + bytes <= other.at || other.at + other.bytes <= at).toBe(true);
      held.push({ at, bytes });
    }
    for (const { at } of held) heap.free(at);
    expect(heap.used()).toBe(0);
    const all = heap.memory.buffer.byteLength;
    heap.free(heap.allocate(all - 70_000));
    expect(heap.memory.buffer.byteLength).toBe(all);
  });

  it('says how much is missing beyond 4 GiB', () => {
    const heap = createHeap();
    expect(() => heap.allocate(5 * 2 ** 30)).toThrow('needs 5120 MiB more');
  });
});

describe('a pool', () => {
  it('whose thread fails throws, at once and on later calls, instead of waiting', async () => {
    const heap = createHeap();
    const pool = await createThreadPool(heap, { module: wasmModule(WASM) }, 3);
    const unknown = [[999]];
    expect(() => {
      pool.run(Array.from({ length: 50 }, () => unknown));
    }).toThrow('the embedded engine stopped');
    expect(() => {
      pool.run([unknown]);
    }).toThrow('the embedded engine stopped');
    pool.dispose();
  });

  it('refuses an invalid number of threads', async () => {
    await expect(openKernels({ threads: 0, precision: 'exact' })).rejects.toThrow('0 threads');
  });
});
